"""An organization's colour → colours that can be read on it and beside it (WCAG contrast)."""

WHITE, BLACK = "#ffffff", "#16181d"
LIGHT_GROUND, DARK_GROUND = "#ffffff", "#1b1e24"
READABLE = 4.5


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(colour: str) -> str:
    """White or near-black, whichever can be read better on `colour`."""
    return WHITE if contrast(colour, WHITE) >= contrast(colour, BLACK) else BLACK


def ink(colour: str, ground: str) -> str:
    """`colour`, moved towards black or white as far as it takes to be read as text on `ground`."""
    target = BLACK if _luminance(ground) > 0.5 else WHITE
    for step in range(21):
        mixed = _mix(colour, target, step / 20)
        if contrast(mixed, ground) >= READABLE:
            return mixed
    return target


def tint(colour: str, ground: str) -> str:
    """A breath of `colour` over `ground`, for a surface."""
    return _mix(ground, colour, 0.1)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
