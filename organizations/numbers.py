"""What an address or a form says where a number is asked for → the number, or None."""

LARGEST_ID = 2**63 - 1


def number(text: str | None, *, most: int = LARGEST_ID) -> int | None:
    """None for what is none, and for what is larger than `most`."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > len(str(LARGEST_ID)):
        return None
    return found if (found := int(text)) <= most else None
