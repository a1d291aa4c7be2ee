"""A mail's body written for the wire in pieces is read as if it had been written at once."""

import quopri

from hypothesis import example, given
from hypothesis import strategies as st

from feedback import blanks
from feedback.blanks import Blanks
from feedback.envelope import Body

NAMES = ("hello", "page")
# Ends of lines, what quoted-printable writes otherwise, and lines that are just full.
WORDS = st.lists(
    st.sampled_from(["\n", "=", ".", " ", "\t", "ü", "😀", "From ", "words ", "x" * 74, "x" * 75, "x" * 76, "=" * 26]),
    max_size=6,
).map("".join)


@given(before=WORDS, between=WORDS, after=WORDS, hello=WORDS, page=WORDS)
@example(before="x" * 75, between="x" * 76, after="", hello="ü" * 20, page="x" * 75)
@example(before="one line", between="", after=" ", hello="", page=".")
def test_a_body_in_pieces_reads_as_the_whole(before: str, between: str, after: str, hello: str, page: str) -> None:
    mark, values = blanks.new_mark(), {"hello": hello, "page": page}
    blank = blanks.marks(NAMES, mark)
    text = Blanks(f"{before}{blank['hello']}{between}{blank['page']}{after}{blank['page']}\n", mark)

    written = Body(text).filled(values)

    assert written.isascii()
    lines = written.split("\r\n")
    assert "\n" not in "".join(lines)
    # A space that ends a line is written as =20, which may stand two columns further to the right.
    assert max(len(line.removesuffix("=20").removesuffix("=09")) for line in lines) <= 76
    assert quopri.decodestring(written.encode()).decode() == text.filled(values).replace("\n", "\r\n")
