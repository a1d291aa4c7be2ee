"""A file's bytes, looked at once while they arrive: can it be read at all, in which encoding, how many lines?"""

import codecs
from dataclasses import dataclass

LONGEST_LINE = 100_000
BLANK = b" \t\r\n"
# What people choose by mistake, by its first bytes.
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM\x00", b"II*\x00", b"MM\x00*")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_OTHERS = (b"%PDF", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"SQLite format 3")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Tried in this order where a file is not UTF-8; most single bytes mean something in each of them.
_OLD = ("cp1252", "cp1250", "cp1251")


class Unreadable(Exception):
    """This file cannot be read; `code` says why, `value` where."""

    def __init__(self, code: str, value: str = "") -> None:
        super().__init__(code)
        self.code, self.value = code, value


@dataclass(frozen=True)
class Scan:
    """What all of a file's bytes tell; `is_certain` is False where a person must look whether the letters are right."""

    encoding: str
    size: int
    lines: int
    is_certain: bool


class Scanner:
    """`feed` it every piece in order, then ask for the `result`; both refuse as soon as it is clear that they must."""

    def __init__(self, *, most_bytes: int) -> None:
        self._most = most_bytes
        self._size = self._nuls = self._feeds = self._returns = self._line = 0
        self._only_blank = True
        self._encoding = ""
        self._decoders: dict[str, codecs.IncrementalDecoder] = {}

    def feed(self, piece: bytes) -> None:
        if not self._size:
            self._begin(piece)
        self._size += len(piece)
        if self._size > self._most:
            raise Unreadable("too_large", f"{self._most // 1_000_000} MB")
        self._nuls += piece.count(b"\0")
        self._feeds += piece.count(b"\n")
        self._returns += piece.count(b"\r")
        self._only_blank = self._only_blank and not piece.strip(BLANK + b"\0\xff\xfe\xef\xbb\xbf")
        self._measure_lines(piece)
        self._try(piece)

    def result(self) -> Scan:
        if self._only_blank:
            raise Unreadable("empty")
        if not self._is_wide and self._nuls > 8 and self._nuls * 100 > self._size:
            raise Unreadable("not_text")
        self._try(b"", final=True)
        encoding = next(iter(self._decoders), "cp1252")
        is_certain = encoding.startswith("utf")
        return Scan(encoding, self._size, max(self._feeds or self._returns, 1), is_certain)

    @property
    def _is_wide(self) -> bool:
        return self._encoding.startswith("utf-16")

    def _begin(self, piece: bytes) -> None:
        for signs, code in ((_PICTURES, "a_picture"), (_WORKBOOKS, "a_workbook"), (_OTHERS, "not_text")):
            if piece.startswith(signs):
                raise Unreadable(code)
        self._encoding = next((name for mark, name in _MARKS if piece.startswith(mark)), "") or _wide(piece[:4096])
        names = (self._encoding,) if self._encoding else ("utf-8-sig", *_OLD)
        self._decoders = {name: codecs.getincrementaldecoder(name)() for name in names}

    def _measure_lines(self, piece: bytes) -> None:
        first, *others = piece.replace(b"\r", b"\n").split(b"\n")
        longest = self._line + len(first)
        if others:
            longest, self._line = max(longest, *map(len, others)), len(others[-1])
        else:
            self._line = longest
        if longest > LONGEST_LINE * (2 if self._is_wide else 1):
            raise Unreadable("line_too_long", f"{self._feeds or self._returns:,}")

    def _try(self, piece: bytes, *, final: bool = False) -> None:
        for name, decoder in list(self._decoders.items()):
            try:
                decoder.decode(piece, final)
            except UnicodeDecodeError:
                del self._decoders[name]


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: every second byte of western text is NUL."""
    half = len(sample) // 2
    if half >= 4 and sample[1::2].count(0) > 0.6 * half and sample[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if half >= 4 and sample[::2].count(0) > 0.6 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return ""
