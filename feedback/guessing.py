"""The first lines of a file → a first idea of how it is laid out and what its columns mean."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from feedback import dates
from feedback.lines import Broken, delimited, fixed
from feedback.mapping import ATTRIBUTE, DELIMITERS, IGNORED, LONGEST_NAME, MOST_COLUMNS, Column, Mapping

SAMPLE_LINES = 2000
_LAID_OUT_BY = 300
_NUMBER = re.compile(r"[-+]?[\d.,' ]*\d[\d.,]*", re.ASCII)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2}(?:[-_][A-Za-z]{2,4})?")
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


class Guess(NamedTuple):
    """A mapping to begin with, and in which forms the dates may be read; several: somebody must say which."""

    mapping: Mapping
    date_forms: tuple[str, ...]


def guess(lines: Sequence[str], *, encoding: str) -> Guess:
    lines = [line for line in islice(lines, SAMPLE_LINES) if line.strip()]
    delimiter, cuts = layout(lines)
    return guess_columns(lines, Mapping((), encoding=encoding, delimiter=delimiter, cuts=cuts), has_header=None)


def guess_columns(lines: Sequence[str], laid_out: Mapping, *, has_header: bool | None) -> Guess:
    """What the columns mean in a layout that is known; `has_header` None: look."""
    rows = cells(lines, laid_out)
    if has_header is None:
        has_header = _has_header(rows)
    # One more than can be is kept, so that the check can say so.
    width = min(max(_usual_width(rows), len(rows[0]) if has_header and rows else 0), MOST_COLUMNS + 1)
    headings = [*(rows[0] if has_header and rows else ()), *[""] * width][:width]
    values = [[row[place] for row in rows[has_header:] if place < len(row) and row[place]] for place in range(width)]
    columns = _named(headings, _roles(headings, values))
    dated = next((values[place] for place, column in enumerate(columns) if column.role == "date"), [])
    amounts = next((values[place] for place, column in enumerate(columns) if column.role == "amount"), [])
    forms = dates.possible(dated) or _mostly(dated)
    mapping = Mapping(
        columns=tuple(columns),
        encoding=laid_out.encoding,
        delimiter=laid_out.delimiter,
        cuts=laid_out.cuts,
        has_header=has_header,
        date_form=forms[0] if len(forms) == 1 else "",
        decimal=_decimal(amounts),
        pattern=laid_out.pattern,
    )
    return Guess(mapping, forms)


def cells(lines: Sequence[str], laid_out: Mapping) -> list[list[str]]:
    """Rows of stripped cells; broken ones are left out."""
    rows = fixed(lines, laid_out.cuts) if laid_out.cuts else delimited(lines, laid_out.delimiter)
    return [[cell.strip() for cell in row] for row in rows if not isinstance(row, Broken)]


def layout(lines: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """The delimiter, or else where columns of fixed width begin."""
    delimiter, width, share = max(
        (_delimited_by(mark, lines) for mark in DELIMITERS), key=lambda it: (it[2] >= 0.6, it[2] * min(it[1], 4), it[1])
    )
    cuts = _cuts(lines)
    if (width < 2 or share < 0.6 or (width == 2 and len(cuts) > 2)) and len(cuts) > 1:
        return ",", cuts
    return (delimiter if width > 1 else ","), ()


def layout_of_fixed(lines: Sequence[str]) -> tuple[int, ...]:
    """Where columns of fixed width begin; one column where no place is blank in every line."""
    return _cuts([line for line in lines if line.strip()]) or (0,)


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells most rows have; a row with more of them is faulty."""
    widths = Counter(len(row) for row in rows[:_LAID_OUT_BY])
    return widths.most_common(1)[0][0] if widths else 0


def _delimited_by(mark: str, lines: Sequence[str]) -> tuple[str, int, float]:
    """With how many columns, and in which share of the rows."""
    widths = Counter(
        0 if isinstance(row, Broken) else len(row)
        for row in islice(delimited(lines[:_LAID_OUT_BY], mark), _LAID_OUT_BY)
    )
    width, rows = max(widths.items(), key=lambda it: (it[0] > 1, it[1]), default=(0, 0))
    return (mark, width, rows / widths.total()) if widths and width > 1 else (mark, 1, 0.0)


def _cuts(lines: Sequence[str]) -> tuple[int, ...]:
    """Columns stand between places that are blank in every line."""
    sample = lines[:_LAID_OUT_BY]
    longest = max(map(len, sample), default=0)
    if len(sample) < 2 or longest > 2000:
        return ()
    padded = [line.ljust(longest) for line in sample]
    filled = [any(not line[place].isspace() for line in padded) for place in range(longest)]
    starts = [place for place in range(longest) if filled[place] and (place == 0 or not filled[place - 1])]
    ends = [place + 1 for place in range(longest) if filled[place] and (place + 1 == longest or not filled[place + 1])]
    if len(starts) < 2 or len(starts) > MOST_COLUMNS:
        return ()
    cuts = [0]
    for gap, start, end in zip(ends, starts[1:], ends[1:], strict=False):
        # Numbers grow to the left, texts to the right.
        is_number = all(_NUMBER.fullmatch(line[start:end].strip() or "0") for line in padded)
        cuts.append(gap if is_number else start)
    return tuple(cuts)


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Headings are names: filled in, unlike each other, and no number, date or address."""
    if not rows:
        return False
    first = rows[0]
    if any(_is_value(cell) for cell in first):
        return False
    return any(_role_of(cell) for cell in first) or (all(first) and len(set(first)) == len(first))


def _is_value(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell) or _ADDRESS.fullmatch(cell) or dates.possible([cell]))


def _roles(headings: Sequence[str], values: Sequence[Sequence[str]]) -> list[str]:
    """By heading; what no heading tells, by what stands there."""
    roles: list[str] = []
    for heading in headings:
        role = _role_of(heading)
        roles.append(role if role and role not in roles else "")
    for role, fits in (("date", _are_dates), ("email", _are_addresses)):
        _give(roles, role, values, fits)
    if "email" not in roles or not any(headings):
        _give(roles, "customer", values, _are_numbers_of_people)
    if not any(headings):
        _give(roles, "amount", values, _are_amounts)
        _give(roles, "language", values, _are_languages)
    return roles


def _give(roles: list[str], role: str, values: Sequence[Sequence[str]], fits: Callable[[Sequence[str]], bool]) -> None:
    if role in roles:
        return
    for place, column in enumerate(values):
        if not roles[place] and column and fits(column):
            roles[place] = role
            return


def _named(headings: Sequence[str], roles: Sequence[str]) -> list[Column]:
    taken: set[str] = set(roles)
    columns = []
    for place, (heading, role) in enumerate(zip(headings, roles, strict=True), start=1):
        name = "" if role else _free(" ".join(heading.lower().split())[:LONGEST_NAME] or f"column_{place}", taken)
        taken.add(name)
        columns.append(Column(heading, role or (ATTRIBUTE if name else IGNORED), name))
    return columns


def _free(name: str, taken: set[str]) -> str:
    return next(
        each
        for each in (name, *(f"{name[:50]}_{number}" for number in range(2, MOST_COLUMNS + 2)))
        if each not in taken
    )


def _role_of(heading: str) -> str:
    bare = "".join(mark for mark in heading.casefold() if mark.isalnum())
    return next((role for role, names in HEADINGS.items() if bare in names), "")


def _mostly(values: Sequence[str]) -> tuple[str, ...]:
    """The forms that read the most of a column in which some cells are faulty."""
    fits = {form: sum(form in dates.possible([value]) for value in values[:300]) for form in dates.FORMS}
    best = max(fits.values())
    return tuple(form for form, count in fits.items() if 0 < count == best)


def _decimal(amounts: Sequence[str]) -> str:
    """A comma where it stands last before one or two digits in more amounts than a point does."""
    commas = sum(bool(re.search(r",\d{1,2}\D*$", amount)) for amount in amounts)
    points = sum(bool(re.search(r"\.\d{1,2}\D*$", amount)) for amount in amounts)
    return "," if commas > points else "."


def _share(values: Sequence[str], fits: Callable[[str], object]) -> float:
    return sum(bool(fits(value)) for value in values) / len(values)


def _are_dates(values: Sequence[str]) -> bool:
    return bool(_mostly(values)) and _share(values[:300], lambda value: dates.possible([value])) >= 0.8


def _are_addresses(values: Sequence[str]) -> bool:
    return _share(values, _ADDRESS.fullmatch) >= 0.8


def _are_numbers_of_people(values: Sequence[str]) -> bool:
    return _share(values, re.compile(r"[A-Za-z]{0,4}[-_]?\d+", re.ASCII).fullmatch) >= 0.95


def _are_amounts(values: Sequence[str]) -> bool:
    return _share(values, re.compile(r"-?[\d.,]*\d[.,]\d{2}", re.ASCII).fullmatch) >= 0.9


def _are_languages(values: Sequence[str]) -> bool:
    return _share(values, _LANGUAGE.fullmatch) >= 0.95 and len(set(values)) < 40
