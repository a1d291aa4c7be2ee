"""What is wrong with a file of purchases, in words that say how to mend it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The file as a whole; nothing of it is taken in.
OF_THE_FILE: dict[str, str | Promise] = {
    "empty": _("The file is empty. Choose the file with the purchases."),
    "too_large": _("The file is larger than %(value)s. Split it and bring the parts one after the other."),
    "too_much_waits": _(
        "With this file more than %(value)s would wait here to be recorded. Record or cancel a file that waits under "
        "“Files with purchases”, then bring this one again."
    ),
    "a_picture": _("This is a picture, whatever its name says. Save the table as CSV and choose that file."),
    "a_workbook": _("This is a spreadsheet, not a text file. In your spreadsheet choose “CSV UTF-8” when saving."),
    "not_text": _("This is not a text file. Save the table as CSV (UTF-8) and choose that file."),
    "line_too_long": _(
        "A line of this file is longer than 100,000 characters (after line %(value)s). "
        "Save the table as CSV again, one purchase on each line."
    ),
    "gave_up": _(
        "Hearback stumbled over this file five times and gave up. Bring it again; if it happens again, tell us."
    ),
    "abandoned": _("Nobody said for a week that it should be recorded. Bring the file again."),
    "no_rows": _("There are column names but no purchases below them."),
}
# What does not fit together on the page that says what the columns mean.
OF_THE_MAPPING: dict[str, str | Promise] = {
    "not_a_mapping": _("This is not a description of columns that Hearback has written."),
    "encoding_unknown": _("Choose one of the encodings in the list."),
    "delimiter_unknown": _("Choose what stands between the columns."),
    "cuts_unordered": _("Give the places where columns begin as rising numbers, such as 1, 7, 12."),
    "columns_missing": _("The file has fewer columns than are described here. Choose the layout again."),
    "column_missing": _("The column “%(column)s” is missing in this file. Add it, or say which column holds it."),
    "too_many_columns": _(
        "The file has more than 60 columns. Delete those that you will not report by, and bring it again."
    ),
    "no_rows": _(
        "The file has no purchase below its first row. Bring one that has, or say that the first row is a purchase too."
    ),
    "role_unknown": _("Say what the column “%(column)s” is."),
    "role_twice": _(
        "Two columns are said to be the same (%(column)s). Leave one of them out, or keep it as another attribute."
    ),
    "two_dates_columns": _("Two columns are said to be the date. Choose the one that says when it was bought."),
    "no_date": _("Say which column is the date: without it nobody knows when to ask."),
    "nobody_to_ask": _("Say which column is the customer number or the e-mail address: one of them is needed."),
    "name_missing": _("Give the attribute in the column “%(column)s” a name."),
    "name_too_long": _("The name “%(column)s…” is longer than 58 characters. Shorten it."),
    "column_twice": _("Two columns would be kept as “%(column)s”. Rename one or leave it out."),
    "date_form_unknown": _("Say how the dates of this file are written: it cannot be told for certain."),
    "pattern_and_email": _("Either a column holds the e-mail address or a pattern makes it. Leave one of them out."),
    "pattern_places": _("The pattern must hold {customer}, and nothing else in braces but {order} where there is one."),
    "pattern_address": _("The pattern must make one e-mail address, such as customer{customer}@example.com."),
}
OF_A_ROW: dict[str, str | Promise] = {
    "broken_csv": _("A quotation mark is not closed or stands in the wrong place. Save the table as CSV again."),
    "does_not_fit": _("A value runs over the place where the next column begins. Correct where the columns begin."),
    "too_many_cells": _("This row has more cells than there are columns. Put text with separators in quotation marks."),
    "nul": _("There is a NUL character here, which no text has. Delete it."),
    "not_in_encoding": _(
        "There are letters here that the chosen encoding does not know. Choose the right encoding, or correct them."
    ),
    "formula": _("This is a formula, not a value. In your spreadsheet keep the values alone, then save as CSV again."),
    "too_long": _("This text is too long. Shorten it or leave the column out."),
    "required": _("This must be filled in."),
    "no_customer": _("Neither the customer number nor the e-mail address is filled in. One of them is needed."),
    "not_an_address": _("This is not one e-mail address. Correct it or leave it empty."),
    "local_part": _(
        "Before the @ there are letters that most mail servers refuse. Ask for another address, or leave it empty."
    ),
    "not_a_language": _("This is not a language. Write it as de, en or pt-br, or leave it empty."),
    "not_a_number": _("This is not an amount. Write it as 1234.56, or keep the column as another attribute."),
    "not_a_date": _("This is not a date as the others in this column are written. Write it in the same way."),
    "two_dates": _("There are two dates here. Keep the one on which it was bought."),
    "in_future": _("This date lies in the future. Only what has happened can be asked about."),
    "too_old": _("This date lies before 1990. Check the year."),
    "order_twice": _(
        "This order number stands in an earlier row with other details, and that row counts. "
        "Give each purchase its own number."
    ),
}
ADVICE = OF_THE_FILE | OF_THE_MAPPING | OF_A_ROW


def advice(code: str, *, value: str = "", column: str = "") -> str:
    return str(ADVICE[code]) % {"value": value, "column": column}
