"""An uploaded file → a small picture of our own making, or what is wrong with it; nothing of the file is kept."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError
from PIL.Image import Quantize, Resampling

MOST_BYTES = 2 * 1024 * 1024
# A file of a few kilobytes can hold a picture of gigabytes: its size is read before its dots are.
MOST_DOTS, LONGEST_SIDE = 16_000_000, 8_000
SMALLEST_SIDE = 16
# Twice what a page shows, so that it is sharp on good screens; and so few bytes that a slow phone does not wait.
WIDEST, HIGHEST, HEAVIEST = 320, 96, 8_000
_KINDS = ("PNG", "JPEG")
_WHITE, _BLACK = (255, 255, 255), (22, 24, 29)
_PADDING = 6


class NotALogo(Exception):
    """`code` says why it cannot be taken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Picture:
    content: bytes
    kind: str
    width: int
    height: int


def read(file: bytes) -> Picture:
    """Decoded, made small, put on a ground where it was transparent, and written anew."""
    if not file:
        raise NotALogo("empty")
    if len(file) > MOST_BYTES:
        raise NotALogo("too_heavy")
    if _is_svg(file):
        raise NotALogo("svg")
    picture = _on_its_ground(_small(_decoded(file)))
    for content, kind in _written(picture):
        if len(content) <= HEAVIEST:
            return Picture(content, kind, *picture.size)
    raise NotALogo("too_detailed")


def _is_svg(file: bytes) -> bool:
    start = file[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")) and b"<svg" in file[:65536].lower()


def _decoded(file: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(file), formats=_KINDS)
        _check_size(*picture.size)
        # JPEG can be decoded at a fraction of its size, which costs a fraction of the time.
        picture.draft(None, (WIDEST * 2, HIGHEST * 2))
        picture.load()
        return ImageOps.exif_transpose(picture)
    except UnidentifiedImageError:
        raise NotALogo("unknown") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotALogo("too_large") from None
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError):
        raise NotALogo("broken") from None


def _check_size(width: int, height: int) -> None:
    if min(width, height) < SMALLEST_SIDE:
        raise NotALogo("too_small")
    if max(width, height) > LONGEST_SIDE or width * height > MOST_DOTS:
        raise NotALogo("too_large")
    if max(width, height) > 20 * min(width, height):
        raise NotALogo("too_long")


def _small(picture: Image.Image) -> Image.Image:
    has_holes = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    plain = picture.convert("RGBA" if has_holes else "RGB")
    plain.thumbnail((WIDEST, HIGHEST), Resampling.LANCZOS)
    return plain


def _on_its_ground(picture: Image.Image) -> Image.Image:
    """A transparent logo gets the plate on which its ink can be read: mails and pages may be light or dark."""
    if picture.mode != "RGBA":
        return picture
    holes = picture.getchannel("A")
    lowest, _highest = holes.getextrema()
    if lowest == 255:
        return picture.convert("RGB")
    room = (WIDEST - 2 * _PADDING, HIGHEST - 2 * _PADDING)
    picture.thumbnail(room, Resampling.LANCZOS)
    holes = picture.getchannel("A")
    ink = ImageStat.Stat(picture.convert("L"), mask=holes.point(lambda dot: 255 if dot > 64 else 0))
    is_light = ink.count[0] > 0 and ink.mean[0] > 200
    plate = Image.new(
        "RGB", (picture.width + 2 * _PADDING, picture.height + 2 * _PADDING), _BLACK if is_light else _WHITE
    )
    plate.paste(picture, (_PADDING, _PADDING), holes)
    return plate


def _written(picture: Image.Image) -> Iterator[tuple[bytes, str]]:
    """From the finest to the lightest; no words, no place and no time of the photograph go along."""
    yield _png(picture), "png"
    for quality in (90, 80, 70):
        yield _jpeg(picture, quality), "jpg"
    for colours in (128, 32):
        yield _png(picture.quantize(colours, Quantize.MEDIANCUT)), "png"
    for quality in (50, 30):
        yield _jpeg(picture, quality), "jpg"


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
    return file.getvalue()
