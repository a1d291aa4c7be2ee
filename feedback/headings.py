"""The heading of a column, as shops write it → what the column is."""

# A heading without its marks → what such a column is; in the languages of the shops that we know of.
HEADINGS: dict[str, tuple[str, ...]] = {
    "order": (
        *(
            "order",
            "orderid",
            "orderno",
            "ordernumber",
            "ordernr",
            "purchase",
            "purchaseid",
            "reference",
            "transaction",
        ),
        *("transactionid", "invoice", "invoiceno", "invoicenumber", "bestellung", "bestellnummer", "bestellnr"),
        *("auftrag", "auftragsnummer", "auftragsnr", "belegnummer", "rechnungsnummer", "vorgang", "commande", "pedido"),
    ),
    "date": (
        *(
            "date",
            "orderdate",
            "purchasedate",
            "purchasedat",
            "orderedat",
            "createdat",
            "day",
            "timestamp",
            "invoicedate",
        ),
        *("datum", "bestelldatum", "kaufdatum", "auftragsdatum", "rechnungsdatum", "fecha", "data", "transactiondate"),
    ),
    "customer": (
        *(
            "customer",
            "customerid",
            "customerno",
            "customernumber",
            "customernr",
            "client",
            "clientid",
            "userid",
            "buyer",
        ),
        *("kunde", "kundennummer", "kundennr", "kundenid", "kdnr", "cliente", "memberid", "accountid"),
    ),
    "email": ("email", "emailaddress", "mail", "mailaddress", "mailadresse", "emailadresse", "correo", "courriel"),
    "name": ("name", "customername", "fullname", "kundenname", "buyername", "nom", "nombre", "nome", "firstname"),
    "language": ("language", "lang", "locale", "sprache", "langue", "idioma", "lingua"),
    "amount": (
        *(
            "amount",
            "total",
            "totalprice",
            "price",
            "value",
            "revenue",
            "betrag",
            "summe",
            "umsatz",
            "preis",
            "montant",
        ),
        *("ordertotal", "ordervalue", "gesamtbetrag", "importe", "dollars", "sum"),
    ),
    "currency": ("currency", "currencycode", "währung", "waehrung", "devise", "moneda", "valuta"),
    "product": ("product", "productname", "item", "article", "artikel", "produkt", "sku", "produit", "producto"),
    "store": ("store", "shop", "branch", "filiale", "laden", "location", "magasin", "tienda"),
    "channel": ("channel", "kanal", "saleschannel", "vertriebskanal", "canal"),
}


def role_of(heading: str) -> str:
    bare = "".join(mark for mark in heading.casefold() if mark.isalnum())
    return next((role for role, names in HEADINGS.items() if bare in names), "")
