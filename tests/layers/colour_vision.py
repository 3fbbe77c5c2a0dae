"""How far apart two colours are to readers who see colours in another way, and how well words read on a ground.

Sources: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, “A Physiologically-based Model for Simulation of Color
Vision Deficiency”, IEEE TVCG 15(6), 2009 (matrices of severity 1.0, for linear RGB); G. Sharma, W. Wu, E. N. Dalal,
“The CIEDE2000 Color-Difference Formula”, Color Research & Application 30(1), 2005; IEC 61966-2-1 (sRGB);
WCAG 2.1, “contrast ratio”.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

LUMINANCE: Triple = (0.2126, 0.7152, 0.0722)
"""What red, green and blue of linear sRGB add to the lightness."""

SEEN: dict[str, Matrix] = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "greyscale": (LUMINANCE, LUMINANCE, LUMINANCE),
}
"""Way of seeing → the matrix from linear RGB to what it looks like. Greyscale stands for a poor projector or print."""

_TO_XYZ: Matrix = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)


def difference(one: str, other: str, seen: str) -> float:
    """ΔE00 of two colours (`#rrggbb`) as they look in a way of seeing."""
    return ciede2000(lab(_seen(one, seen)), lab(_seen(other, seen)))


def least_difference(one: str, other: str) -> tuple[float, str]:
    """The smallest ΔE00 of two colours over all ways of seeing, and in which it is."""
    return min((difference(one, other, seen), seen) for seen in SEEN)


def contrast(words: str, ground: str) -> float:
    """WCAG contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_dot(LUMINANCE, linear(colour)) for colour in (words, ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def linear(colour: str) -> Triple:
    """The linear RGB, 0–1, of a colour `#rrggbb`."""
    red, green, blue = (_decoded(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return red, green, blue


def lab(rgb: Triple) -> Triple:
    """CIELAB of linear RGB; white is the white of sRGB (D65), so that greys have no colour."""
    fx, fy, fz = (_lightness(_dot(row, rgb) / sum(row)) for row in _TO_XYZ)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def ciede2000(one: Triple, other: Triple) -> float:
    """CIEDE2000 difference of two CIELAB colours, kL = kC = kH = 1 (Sharma et al. 2005, equations 2–22)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    stretch = 1.5 - 0.5 * _saturation((hypot(a1, b1) + hypot(a2, b2)) / 2)
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = hypot(a1, b1), hypot(a2, b2)
    h1, h2 = (degrees(atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    has_hues = c1 * c2 != 0
    turn = (h2 - h1 + 180) % 360 - 180 if has_hues else 0.0
    if has_hues and turn == -180:
        turn = 180.0 if h2 > h1 else -180.0
    hue = (h1 + h2) / 2 if has_hues else h1 + h2
    if has_hues and abs(h1 - h2) > 180:
        hue += 180 if h1 + h2 < 360 else -180
    lightness, chroma = (l1 + l2) / 2 - 50, (c1 + c2) / 2
    t = (
        1
        - 0.17 * cos(radians(hue - 30))
        + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6))
        - 0.20 * cos(radians(4 * hue - 63))
    )
    of_lightness = (l2 - l1) / (1 + 0.015 * lightness**2 / sqrt(20 + lightness**2))
    of_chroma = (c2 - c1) / (1 + 0.045 * chroma)
    of_hue = 2 * sqrt(c1 * c2) * sin(radians(turn) / 2) / (1 + 0.015 * chroma * t)
    rotation = -sin(radians(60 * exp(-(((hue - 275) / 25) ** 2)))) * 2 * _saturation(chroma)
    return sqrt(of_lightness**2 + of_chroma**2 + of_hue**2 + rotation * of_chroma * of_hue)


def _seen(colour: str, seen: str) -> Triple:
    red, green, blue = (min(1.0, max(0.0, _dot(row, linear(colour)))) for row in SEEN[seen])
    return red, green, blue


def _dot(row: Iterable[float], values: Iterable[float]) -> float:
    return sum(a * b for a, b in zip(row, values, strict=True))


def _decoded(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _lightness(value: float) -> float:
    return value ** (1 / 3) if value > (6 / 29) ** 3 else value * (29 / 6) ** 2 / 3 + 4 / 29


def _saturation(chroma: float) -> float:
    return sqrt(chroma**7 / (chroma**7 + 25**7))
