"""What a file with purchases can be and hold, in the words of the page that asks about it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback.mapping import ATTRIBUTE, ENCODINGS, IGNORED

ROLES: dict[str, str | Promise] = {
    "order": _("order number"),
    "date": _("date of the purchase"),
    "customer": _("customer number"),
    "email": _("e-mail address"),
    "name": _("name of the customer"),
    "language": _("language"),
    "amount": _("amount"),
    "currency": _("currency"),
    "product": _("product"),
    "store": _("store"),
    "channel": _("channel"),
    ATTRIBUTE: _("another attribute"),
    IGNORED: _("left out"),
}
FIXED = "fixed"
LAYOUTS: dict[str, str | Promise] = {
    ",": _("comma  ,"),
    ";": _("semicolon  ;"),
    "tab": _("tab"),
    "|": _("bar  |"),
    FIXED: _("none: columns of fixed width"),
}
DATE_FORMS: dict[str, str | Promise] = {
    "ymd": _("year first: 2026-01-31"),
    "compact": _("digits alone: 20260131"),
    "dmy": _("day first: 31.01.2026 or 31/01/2026"),
    "mdy": _("month first: 01/31/2026"),
}
DECIMALS: dict[str, str | Promise] = {".": _("point: 1234.56"), ",": _("comma: 1234,56")}
_NAMES: dict[str, str | Promise] = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": _("Western Europe (Windows-1252)"),
    "iso8859-15": _("Western Europe (ISO 8859-15)"),
    "mac-roman": _("Western Europe (Macintosh)"),
    "cp1250": _("Central Europe (Windows-1250)"),
    "iso8859-2": _("Central Europe (ISO 8859-2)"),
    "cp1251": _("Cyrillic (Windows-1251)"),
    "koi8-r": _("Cyrillic (KOI8-R)"),
    "cp1253": _("Greek (Windows-1253)"),
    "cp1254": _("Turkish (Windows-1254)"),
    "cp1255": _("Hebrew (Windows-1255)"),
    "cp1256": _("Arabic (Windows-1256)"),
    "cp1257": _("Baltic (Windows-1257)"),
    "shift_jis": _("Japanese (Shift JIS)"),
    "euc_kr": _("Korean (EUC-KR)"),
    "gb18030": _("Chinese (GB 18030)"),
    "big5": _("Chinese (Big5)"),
}
ENCODING_NAMES: dict[str, str | Promise] = {name: _NAMES.get(name, name.upper()) for name in ENCODINGS}
