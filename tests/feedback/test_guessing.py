"""The first idea of a file is right for the files that shops write."""

import pytest

from tests.feedback.files import CDNOW, guessed


def roles(content: str) -> list[str]:
    return [column.role for column in guessed(content.encode()).mapping.columns]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separators_of_all_spreadsheets_are_found(mark: str) -> None:
    text = f"order{mark}date{mark}email\nA-1{mark}2026-03-01{mark}anna@example.com\n"

    assert guessed(text.encode()).mapping.delimiter == mark
    assert roles(text) == ["order", "date", "email"]


def test_headings_are_known_in_german_whatever_marks_they_carry() -> None:
    text = "Bestell-Nr.;Kaufdatum;Kunden-Nr;E-Mail-Adresse;Sprache;Betrag;Währung;Artikel;Filiale;Kanal;Farbe\n"

    assert roles(text + "1;31.01.2026;7;a@b.example;de;1,50;EUR;Hut;Köln;Netz;rot\n") == [
        *("order", "date", "customer", "email", "language", "amount", "currency", "product", "store", "channel"),
        "attribute",
    ]


def test_a_file_without_headings_is_known_by_what_stands_in_it() -> None:
    found = guessed(b"17,2026-03-01,anna@example.com,29.90,de\n18,2026-03-02,bela@example.com,9.50,en\n").mapping

    assert not found.has_header
    assert [column.role for column in found.columns] == ["customer", "date", "email", "amount", "language"]


def test_the_purchases_of_cdnow_are_cut_and_named_as_they_are() -> None:
    found = guessed(CDNOW.read_bytes())

    assert (found.mapping.cuts, found.mapping.has_header, found.mapping.date_form) == (
        (0, 6, 11, 20, 23),
        False,
        "compact",
    )
    assert [column.role for column in found.mapping.columns] == ["customer", "attribute", "date", "attribute", "amount"]


def test_days_that_can_be_read_in_two_ways_are_asked_about() -> None:
    found = guessed(b"date,customer\n01/02/2026,7\n03/04/2026,8\n")

    assert (found.mapping.date_form, found.date_forms) == ("", ("dmy", "mdy"))


def test_one_faulty_day_does_not_hide_the_form_of_the_others() -> None:
    assert guessed(b"date,customer\n2026-01-02,7\nsoon,8\n").mapping.date_form == "ymd"
    assert guessed(b"date,customer\nlater,7\nsoon,8\n").mapping.date_form == ""


@pytest.mark.parametrize(("amount", "decimal"), [("1.234,50", ","), ("1,234.50", "."), ("12", ".")])
def test_the_decimal_mark_is_the_last_one(amount: str, decimal: str) -> None:
    assert guessed(f"date;customer;amount\n2026-01-02;7;{amount}\n".encode()).mapping.decimal == decimal


def test_two_columns_with_one_heading_are_kept_apart() -> None:
    found = guessed(b"date,customer,note,note\n2026-01-02,7,a,b\n").mapping

    assert found.attributes == ("note", "note_2")


@pytest.mark.parametrize("content", [b"x", b"\n\n", b"a,b\n", b'"', b",,,\n,,,\n", "ÄÖ\n".encode()])
def test_rubbish_is_guessed_at_without_breaking(content: bytes) -> None:
    assert guessed(content).mapping.columns is not None
