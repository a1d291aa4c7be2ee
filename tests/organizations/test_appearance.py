"""An organization's logo and colour: taken in safely, and shown so that they can be seen."""

import contextlib
import io
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw

from organizations import logo_picture, logos
from organizations.models import AuditEntry, Logo, Member, Organization
from tests.organizations.conftest import Company

SignedIn = Callable[[Member], Client]


def file_of(picture: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **more)
    return file.getvalue()


def lettering(ink: str, ground: tuple[int, ...] = (0, 0, 0, 0)) -> bytes:
    """A logo as designers send it: letters on nothing."""
    picture = Image.new("RGBA", (800, 300), ground)
    ImageDraw.Draw(picture).ellipse((100, 50, 700, 250), fill=ink)
    return file_of(picture)


def noise(width: int = 1000, height: int = 300) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(20260317).randbytes(width * height * 3))


def corner(picture: logo_picture.Picture) -> tuple[int, ...]:
    found = Image.open(io.BytesIO(picture.content)).convert("RGB").getpixel((0, 0))
    assert isinstance(found, tuple)
    return found


# --- the picture ---


@pytest.mark.parametrize(
    ("file", "size"),
    [
        (file_of(noise()), (320, 96)),
        (file_of(noise(), "JPEG"), (320, 96)),
        (file_of(Image.new("CMYK", (300, 300)), "JPEG"), (96, 96)),
        (file_of(Image.new("P", (64, 32))), (64, 32)),
        (file_of(Image.new("I;16", (64, 32))), (64, 32)),
        (file_of(Image.new("1", (4000, 4000))), (96, 96)),
    ],
)
def test_any_picture_becomes_a_small_one_that_loads_at_once(file: bytes, size: tuple[int, int]) -> None:
    picture = logo_picture.read(file)

    assert (picture.width, picture.height) == size == Image.open(io.BytesIO(picture.content)).size
    assert len(picture.content) <= 8_000


def test_dark_letters_on_nothing_get_a_light_plate_and_light_ones_a_dark_one() -> None:
    assert corner(logo_picture.read(lettering("#123456"))) == (255, 255, 255)
    assert max(corner(logo_picture.read(lettering("#fafafa")))) < 40


def test_a_picture_with_a_ground_of_its_own_keeps_it() -> None:
    assert corner(logo_picture.read(lettering("#123456", (200, 30, 30, 255)))) == (200, 30, 30)


def test_a_photograph_stands_upright_and_its_place_is_forgotten() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by the camera
    exif[0x010E] = "taken at home"
    picture = logo_picture.read(file_of(Image.new("RGB", (200, 100), "red"), "JPEG", exif=exif))

    assert picture.height > picture.width
    assert b"taken at home" not in picture.content


HOSTILE = {
    "empty": b"",
    "too_heavy": b"\x89PNG" + b"0" * (2 * 1024 * 1024),
    "svg": b"\n<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "unknown": b"GIF89a" + b"0" * 100,
    "broken": file_of(noise())[:9000],
    "too_small": file_of(Image.new("RGB", (8, 200))),
    "too_large": file_of(Image.new("1", (15_000, 15_000))),
    "too_long": file_of(Image.new("RGB", (1000, 20))),
}


@pytest.mark.parametrize("why", list(HOSTILE))
def test_what_is_no_logo_is_refused_with_the_reason(why: str) -> None:
    with pytest.raises(logo_picture.NotALogo) as refusal:
        logo_picture.read(HOSTILE[why])

    assert refusal.value.code == why


@pytest.mark.parametrize("at", range(0, 400, 7))
def test_a_file_with_a_wrong_byte_anywhere_is_read_or_refused(at: int) -> None:
    file = bytearray(lettering("#123456"))
    file[at] ^= 0xFF

    with contextlib.suppress(logo_picture.NotALogo):
        assert len(logo_picture.read(bytes(file)).content) <= 8_000


# --- the page ---


def upload(browser: Client, acme: Company, file: bytes, colour: str = "#066fd1") -> Any:
    picture = SimpleUploadedFile("logo.png", file, content_type="image/png")
    return browser.post(f"/o/{acme.slug}/settings/appearance/", {"colour": colour, "logo": picture})


def test_an_owner_puts_up_a_logo_and_anybody_sees_it(acme: Company, signed_in: SignedIn, client: Client) -> None:
    assert upload(signed_in(acme.olga), acme, lettering("#123456"), "#AB12CD").status_code == 302

    organization = Organization.objects.get(pk=acme.organization.pk)
    answer = client.get(logos.address(organization.logo))
    assert organization.colour == "#ab12cd"
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Image.open(io.BytesIO(answer.content)).size[1] == 96
    assert acme.slug not in organization.logo
    assert [entry.what for entry in AuditEntry.objects.order_by("pk")] == [
        "organization.logo_set",
        "organization.changed",
    ]


def test_an_old_mail_still_finds_the_logo_it_leads_to(acme: Company, signed_in: SignedIn, client: Client) -> None:
    olga = signed_in(acme.olga)
    upload(olga, acme, lettering("#123456"))
    old = Organization.objects.get(pk=acme.organization.pk).logo
    upload(olga, acme, lettering("#654321"))

    assert Organization.objects.get(pk=acme.organization.pk).logo != old
    assert client.get(logos.address(old)).status_code == 200


def test_the_same_logo_twice_is_kept_once(acme: Company, signed_in: SignedIn) -> None:
    olga = signed_in(acme.olga)
    upload(olga, acme, lettering("#123456"))
    upload(olga, acme, lettering("#123456"))

    assert Logo.objects.count() == 1
    assert AuditEntry.objects.filter(what="organization.logo_set").count() == 1


def test_an_owner_takes_the_logo_down(acme: Company, signed_in: SignedIn) -> None:
    olga = signed_in(acme.olga)
    upload(olga, acme, lettering("#123456"))

    olga.post(f"/o/{acme.slug}/settings/appearance/logo/remove/")

    assert Organization.objects.get(pk=acme.organization.pk).logo == ""
    assert AuditEntry.objects.filter(what="organization.logo_removed", by=acme.olga).count() == 1


@pytest.mark.parametrize(
    ("why", "advice"),
    [
        ("empty", "The file is empty"),
        ("too_heavy", "more than 2 MB"),
        ("svg", "SVG can hold programs"),
        ("unknown", "neither a PNG nor a JPEG"),
        ("broken", "The picture is damaged"),
        ("too_large", "too many dots"),
    ],
)
def test_a_bad_file_is_answered_beside_its_field_and_nothing_is_saved(
    acme: Company, signed_in: SignedIn, why: str, advice: str
) -> None:
    answer = upload(signed_in(acme.olga), acme, HOSTILE[why], "#ab12cd")

    assert answer.status_code == 422
    assert advice in answer.content.decode()
    organization = Organization.objects.get(pk=acme.organization.pk)
    assert (organization.logo, organization.colour) == ("", "#066fd1")


@pytest.mark.parametrize("colour", ["", "red", "#12345", "#066fd1; background: url(//evil.example)"])
def test_what_is_no_colour_is_answered_beside_the_field(acme: Company, signed_in: SignedIn, colour: str) -> None:
    answer = signed_in(acme.olga).post(f"/o/{acme.slug}/settings/appearance/", {"colour": colour})

    assert answer.status_code == 422
    assert "A colour such as #066fd1." in answer.content.decode()


def test_a_colour_is_tried_out_before_it_is_saved(acme: Company, signed_in: SignedIn) -> None:
    path = f"/o/{acme.slug}/settings/appearance/"

    html = signed_in(acme.olga).get(path, {"colour": "#FFD43B"}, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in html
    assert 'fill="#ffd43b"' in html
    assert "changed to" in html
    assert Organization.objects.get(pk=acme.organization.pk).colour == "#066fd1"


@pytest.mark.parametrize("name", ["none.png", "0" * 32 + "-1x1.png", "../settings", "0" * 32 + "-99999x1.png"])
def test_an_address_without_a_logo_leads_nowhere(db: None, client: Client, name: str) -> None:
    assert client.get(f"/logo/{name}").status_code == 404


def test_a_logo_is_never_shown_larger_than_a_page_has_room_for() -> None:
    assert logos.shown_size(f"{'0' * 32}-320x96.png") == (160, 48)
    assert logos.shown_size(f"{'0' * 32}-96x96.jpg") == (48, 48)
    assert logos.shown_size(f"{'0' * 32}-64x20.png") == (64, 20)
