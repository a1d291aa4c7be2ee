"""What is wrong in a file of purchases, in words that say how to mend it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback.purchases import Fault

ADVICE: dict[str, Promise] = {
    "too_large": _("The file is larger than 5 MB. Split it and bring the parts one after the other."),
    "too_many_rows": _("The file has more than 20,000 rows. Split it and bring the parts one after the other."),
    "too_many_columns": _("The file has more than 60 columns. Leave out those that you will not report by."),
    "not_text": _("This is not a text file. Save the table as CSV (UTF-8) and choose that file."),
    "not_utf8": _("The file is not in UTF-8. In your spreadsheet choose “CSV UTF-8” when saving."),
    "broken_csv": _("A quotation mark is not closed or stands in the wrong place. Save the table as CSV again."),
    "empty": _("The file is empty. The first row must name the columns."),
    "no_rows": _("There are column names but no purchases below them."),
    "column_missing": _("This column is missing. Add it, or rename the column that holds it."),
    "column_twice": _("Two columns have this name. Rename or remove one."),
    "nobody_to_ask": _("A column “customer” or “email” is needed to know who bought."),
    "too_many_cells": _("This row has more cells than there are columns. Put text with separators in quotation marks."),
    "too_long": _("This text is too long. Shorten it or leave the column out."),
    "required": _("This must be filled in."),
    "no_customer": _("Neither “customer” nor “email” is filled in. One of them is needed."),
    "not_an_address": _("This is not one e-mail address. Correct it or leave it empty."),
    "not_a_date": _("This is not a date. Write it as 2026-01-31 or 2026-01-31T14:30."),
    "in_future": _("This date lies in the future. Only what has happened can be asked about."),
    "too_old": _("This date lies before 1990. Check the year."),
    "order_twice": _("This order number stands in two rows that differ. Give each purchase its own number."),
}


def advice(fault: Fault) -> Promise:
    return ADVICE[fault.code]
