"""What the demo's made-up customers are called, what they buy, and what they say in their own language."""

# fmt: off
FIRST = (
    "Anna", "Bela", "Chiara", "David", "Elif", "Finn", "Greta", "Hugo", "Ines", "Jakob", "Klara", "Luca", "Mina",
    "Noah", "Olivia", "Paul", "Quirin", "Rosa", "Samir", "Tilda", "Ulrich", "Vera", "Wim", "Xenia", "Yara", "Zoe",
    "Amelie", "Boris", "Celine", "Dario", "Emil", "Frida", "Georg", "Hanna", "Ivo", "Julia", "Kaya", "Lars",
    "Mara", "Nils",
)
LAST = (
    "Albrecht", "Berg", "Conti", "Dahl", "Ekdal", "Fischer", "Garcia", "Huber", "Ivanov", "Jansen", "Keller",
    "Lindt", "Moreau", "Novak", "Olsen", "Petit", "Quist", "Rossi", "Sanders", "Toth", "Ulmer", "Vogel", "Weiss",
    "Yilmaz", "Zimmer", "Arnold", "Brandt", "Costa", "Duarte", "Engel",
)
# fmt: on
GENRES = ("Pop CDs", "Rock CDs", "Jazz CDs", "Classical CDs")
BOX_SET = "Box set"
ONLINE, STORES = "Online", ("Berlin", "Hamburg", "Lyon")
PAYING, CARD, PAYMENTS = "way_of_paying", "Card", ("PayPal", "Invoice")
TOPICS = ("Delivery", "Return", "Invoice", "Account", "Advice")

# What made a customer unhappy, and what she says of it.
LOW: dict[str, dict[str, tuple[str, ...]]] = {
    "checkout": {
        "en": (
            "The checkout kept showing an error and I had to enter my card three times.",
            "Payment failed twice, and nobody could tell me whether I had been charged.",
            "Your checkout lost my basket right after I had paid.",
            "My card was refused again and again. It works everywhere else.",
        ),
        "de": (
            "An der Kasse kam ständig ein Fehler, ich musste die Karte dreimal eingeben.",
            "Die Zahlung ist zweimal fehlgeschlagen, und keiner wusste, ob abgebucht wurde.",
            "Nach dem Bezahlen war der Warenkorb leer.",
            "Meine Karte wurde immer wieder abgelehnt. Überall sonst geht sie.",
        ),
        "fr": (
            "Le paiement affichait sans cesse une erreur, j’ai dû saisir ma carte trois fois.",
            "Deux paiements refusés, et personne ne savait si j’avais été débité.",
            "Mon panier a disparu juste après le paiement.",
        ),
        "es": (
            "Al pagar salía un error tras otro; tuve que escribir la tarjeta tres veces.",
            "El pago falló dos veces y nadie supo decirme si me habían cobrado.",
            "Después de pagar, la cesta estaba vacía.",
        ),
    },
    "damaged": {
        "en": (
            "The box set arrived with a broken corner and two cracked cases.",
            "Such a fine edition, and it came in a thin envelope. Of course it was dented.",
            "Two of the six discs were scratched.",
        ),
        "de": (
            "Die Box kam mit eingedrückter Ecke und zwei zerbrochenen Hüllen an.",
            "So eine schöne Ausgabe in einem dünnen Umschlag: natürlich war sie verbeult.",
            "Zwei von sechs CDs waren zerkratzt.",
        ),
        "fr": (
            "Le coffret est arrivé avec un coin enfoncé et deux boîtiers cassés.",
            "Une si belle édition dans une simple enveloppe : elle était abîmée.",
        ),
        "es": (
            "La caja llegó con una esquina rota y dos estuches partidos.",
            "Una edición tan bonita en un sobre fino: llegó abollada.",
        ),
    },
    "late": {
        "en": (
            "Arrived a week late, without a word.",
            "It was a birthday present. It came four days after the birthday.",
            "The tracking said “delivered” for three days before it was.",
        ),
        "de": (
            "Eine Woche zu spät und keine Nachricht dazu.",
            "Es sollte ein Geburtstagsgeschenk sein und kam vier Tage danach.",
            "Die Sendungsverfolgung sagte drei Tage lang „zugestellt“.",
        ),
        "fr": ("Une semaine de retard, sans un mot.", "Le cadeau est arrivé quatre jours après l’anniversaire."),
        "es": ("Llegó una semana tarde y sin avisar.", "Era un regalo y llegó cuatro días después del cumpleaños."),
    },
    "product": {
        "en": ("The remastering sounds flat.", "This is not the edition in the picture.", "The booklet is missing."),
        "de": ("Der neue Schnitt klingt flach.", "Das ist nicht die abgebildete Ausgabe.", "Das Beiheft fehlt."),
        "fr": ("Le son remasterisé est plat.", "Ce n’est pas l’édition de la photo."),
        "es": ("La remasterización suena plana.", "No es la edición de la foto."),
    },
    "help": {
        "en": ("Nobody answered my mail for six days.", "I was sent from one desk to the next."),
        "de": ("Sechs Tage keine Antwort auf meine Mail.", "Ich wurde von einem zum anderen geschickt."),
        "fr": ("Aucune réponse à mon message pendant six jours.", "On m’a renvoyé d’un service à l’autre."),
        "es": ("Seis días sin respuesta a mi correo.", "Me mandaron de un sitio a otro."),
    },
    "price": {
        "en": ("Found it for four euros less the next day.", "Postage costs more than the disc."),
        "de": ("Am nächsten Tag vier Euro billiger gesehen.", "Das Porto kostet mehr als die CD."),
        "fr": ("Quatre euros moins cher ailleurs le lendemain.", "Les frais de port dépassent le prix du disque."),
        "es": ("Al día siguiente costaba cuatro euros menos.", "El envío cuesta más que el disco."),
    },
}
MIDDLE: dict[str, tuple[str, ...]] = {
    "en": (
        "Good record, but delivery took longer than promised.",
        "All fine, the packaging could be smaller.",
        "It works. The search in the shop is a riddle.",
        "Fair price, plain service.",
        "Nothing to complain about, nothing to write home about.",
    ),
    "de": (
        "Gute Aufnahme, die Lieferung hat länger gedauert als versprochen.",
        "Alles in Ordnung, die Verpackung dürfte kleiner sein.",
        "Geht so. Die Suche im Laden ist ein Rätsel.",
        "Ordentlich, mehr nicht.",
    ),
    "fr": ("Bon disque, mais la livraison a traîné.", "Correct. La recherche sur le site est pénible."),
    "es": ("Buen disco, pero el envío tardó más de lo prometido.", "Bien, aunque el buscador es un lío."),
}
HIGH: dict[str, tuple[str, ...]] = {
    "en": (
        "Ordered on Monday, here on Wednesday, and it sounds wonderful.",
        "Friendly people on the phone, and a fair price.",
        "You had the recording I had been after for years. Thank you!",
        "Everything was as described. I will come back.",
        "Packed as if it were porcelain.",
        "The listening corner in Berlin is a joy.",
    ),
    "de": (
        "Montag bestellt, Mittwoch da, klingt wunderbar.",
        "Sehr freundliche Beratung am Telefon.",
        "Genau wie beschrieben. Gerne wieder!",
        "Diese Aufnahme habe ich jahrelang gesucht. Danke!",
        "Verpackt wie Porzellan.",
    ),
    "fr": (
        "Commandé lundi, reçu mercredi, un son magnifique.",
        "Des gens aimables et de bon conseil.",
        "Je cherchais cet enregistrement depuis des années. Merci !",
        "Emballé comme de la porcelaine.",
    ),
    "es": (
        "Pedido el lunes, en casa el miércoles, y suena de maravilla.",
        "Gente amable y buenos consejos.",
        "Llevaba años buscando esta grabación. ¡Gracias!",
    ),
}
