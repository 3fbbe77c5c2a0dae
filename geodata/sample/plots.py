"""The plots of the illustrative plan: cells between roads and rivers, what they are for, how they are cut into lots."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np
import shapely
from shapely import LineString, Polygon

from geodata.sample.ground import HALF_WIDTH, Band, bands, outline, rectangle

Span = tuple[float, float]
Kind = Literal["lot", "water", "bank", "belt", "rim"]

BANK_M, BELT_M = 40, 30
_SMALLEST_RIM_M2 = 9_000
_STEP_M = 10

PARKS: tuple[tuple[str, Span, Span], ...] = tuple(
    (name, (west, east), (south, north))
    for name, west, east, south, north in (
        ("园区一", 2150, 2980, -2230, -1370),
        ("园区二", 2150, 2980, -1330, -470),
        ("园区三", 2150, 2980, -430, 430),
        ("园区四", 2150, 2980, 470, 1330),
        ("园区五", 2150, 2980, 1370, 2230),
        ("园区六", 1300, 2110, -2230, -1370),
        ("园区七", 1300, 2110, 1370, 2230),
        ("园区八", -1260, -450, -3130, -2270),
        ("园区九", -410, 410, -3130, -2270),
        ("园区十", 450, 1260, -3130, -2270),
    )
)
"""The ten parks: whole blocks between arterials, in the east and the south."""
OLD_INDUSTRY: tuple[tuple[Span, Span], ...] = (
    ((-2110, -1300), (-430, 430)),
    ((-2110, -1300), (470, 1330)),
    ((450, 780), (1820, 2230)),
    ((-870, -450), (-2230, -1780)),
)
"""Where industry stands that is to move out of town."""
_GREEN_HEARTS = ((-1490, -230), (-215, 1080), (215, -660), (1070, 660), (-1070, 2000), (400, 2000), (-1900, -1100),
                 (1500, -200), (-600, -1100), (900, -1100), (-2330, 1600), (-200, -2000), (1900, 900))  # fmt: skip
"""Places whose cell is a public park, or has one beside the water."""
_WHOLE_HEARTS = {0, 2, 5, 10}
"""Which of them fill their cell."""

_LOT_M2 = {"07": 10_500, "08": 12_000, "09": 7_500, "10": 17_000, "11": 20_000, "12": 8_000, "13": 7_000, "16": 26_000}
_OLD_LOT_M2 = 9_500


@dataclass
class Plot:
    """A piece of the plan with one use."""

    shape: Polygon
    use: str
    kind: Kind
    cell: tuple[int, int]
    park: int | None = None
    """Number of the park it lies in, from 0."""
    heart: bool = False
    """Whether it is a public park."""
    beside: str = ""
    """The river a bank belongs to."""


@dataclass
class Plan:
    """Plots and the branch roads between them."""

    plots: list[Plot] = field(default_factory=list)
    branches: list[LineString] = field(default_factory=list)


def lay_out(random: np.random.Generator) -> Plan:
    """Every plot of the district, without gaps between roads and rivers but for what is too small at the rim."""
    plan, district = Plan(), outline()
    shapely.prepare(district)
    us, vs = bands("u"), bands("v")
    for i, across in enumerate(us):
        for j, along in enumerate(vs):
            if not {across.kind, along.kind} <= {"land", "river"}:
                continue
            whole = rectangle((across.low, across.high), (along.low, along.high))
            if "river" in (across.kind, along.kind):
                _add_water(plan, whole, district, (i, j))
            elif shapely.contains_properly(district, whole):
                _fill_cell(plan, (us, i), (vs, j), random)
            else:
                _add_rim(plan, whole, district, (i, j), random)
    return plan


def _add_water(plan: Plan, whole: Polygon, district: Polygon, cell: tuple[int, int]) -> None:
    inside = _largest(shapely.intersection(whole, district))
    if inside is not None and inside.area > 600:
        plan.plots.append(Plot(inside, "17", "water", cell))


def _add_rim(plan: Plan, whole: Polygon, district: Polygon, cell: tuple[int, int], random: np.random.Generator) -> None:
    """At the rim: fields, and some land kept in reserve."""
    inside = _largest(shapely.intersection(whole, district))
    if inside is None or inside.area < _SMALLEST_RIM_M2:
        return
    use = _rim_use(inside.centroid.x, inside.centroid.y, random)
    west, south, east, north = inside.bounds
    middle = round((west + east) / 2, -1)
    halves = (
        [rectangle((west, middle), (south, north)), rectangle((middle, east), (south, north))]
        if inside.area > 60_000
        else [inside]
    )
    for half in halves:
        piece = _largest(shapely.intersection(half, inside))
        if piece is not None and piece.area > 2_000 and 2 * piece.area / piece.length > 12:
            plan.plots.append(Plot(_rounded(piece), use, "rim", cell))


def _rim_use(u: float, v: float, random: np.random.Generator) -> str:
    """Fields for the most part, orchards in the north-west, woods in the north, a little land in reserve."""
    if random.random() < 0.12:
        return "16"
    if v > 2700:
        return "03" if u > -1400 else "02"
    return "02" if u < -2700 and v > 300 else "01"


def _fill_cell(
    plan: Plan, across: tuple[list[Band], int], along: tuple[list[Band], int], random: np.random.Generator
) -> None:
    (us, i), (vs, j) = across, along
    cell = (i, j)
    west, east, south, north = us[i].low, us[i].high, vs[j].low, vs[j].high
    for side, neighbour in (("west", us[i - 1]), ("east", us[i + 1])):
        width = _strip_width(neighbour)
        if width:
            low = west if side == "west" else east - width
            plan.plots.append(_strip((low, low + width), (south, north), neighbour, cell, "纵"))
            west, east = (west + width, east) if side == "west" else (west, east - width)
    for side, neighbour in (("south", vs[j - 1]), ("north", vs[j + 1])):
        width = _strip_width(neighbour)
        if width:
            low = south if side == "south" else north - width
            plan.plots.append(_strip((west, east), (low, low + width), neighbour, cell, "横"))
            south, north = (south + width, north) if side == "south" else (south, north - width)
    middle = ((west + east) / 2, (south + north) / 2)
    park = next((number for number, (_, u, v) in enumerate(PARKS) if _within(middle, u, v)), None)
    around = (us[i - 1], us[i + 1], vs[j - 1], vs[j + 1])
    u: Span = (west, east)
    v: Span = (south, north)
    heart = next((number for number, place in enumerate(_GREEN_HEARTS) if _within(place, u, v)), None)
    if park is None and heart is not None:
        if heart in _WHOLE_HEARTS:
            plan.plots.append(Plot(rectangle(u, v), "14", "lot", cell, heart=True))
            return
        u, v, around = _add_heart(plan, u, v, around, cell)
    use = _use_of(middle, park, random)
    blocks = _blocks(u, v, use, around, plan)
    for block in blocks:
        size = _OLD_LOT_M2 if use == "10" and park is None else _LOT_M2[use]
        for lot in _lots(block, size * random.uniform(0.8, 1.25)):
            plan.plots.append(Plot(rectangle(*lot), _vary(use, park, random), "lot", cell, park=park))


def _add_heart(
    plan: Plan, u: Span, v: Span, around: tuple[Band, Band, Band, Band], cell: tuple[int, int]
) -> tuple[Span, Span, tuple[Band, Band, Band, Band]]:
    """A park in a part of a cell, by the water where there is some; returns what is left and its neighbours."""
    west, east, south, north = around
    half = HALF_WIDTH["branch"]
    share = 0.45 if cell[0] % 4 else 0.55
    if "river" in (south.kind, north.kind) or "river" not in (west.kind, east.kind):
        below = north.kind != "river"
        cut = _step(v[0] + (v[1] - v[0]) * (share if below else 1 - share))
        plan.branches.append(LineString([(_reach(u[0], west), cut), (_reach(u[1], east), cut)]))
        lane = Band("secondary", int(cut - half), int(cut + half))
        low, high = (v[0], cut - half), (cut + half, v[1])
        plan.plots.append(Plot(rectangle(u, low if below else high), "14", "lot", cell, heart=True))
        return (u, high, (west, east, lane, north)) if below else (u, low, (west, east, south, lane))
    left = west.kind == "river"
    cut = _step(u[0] + (u[1] - u[0]) * (share if left else 1 - share))
    plan.branches.append(LineString([(cut, _reach(v[0], south)), (cut, _reach(v[1], north))]))
    lane = Band("secondary", int(cut - half), int(cut + half))
    low, high = (u[0], cut - half), (cut + half, u[1])
    plan.plots.append(Plot(rectangle(low if left else high, v), "14", "lot", cell, heart=True))
    return (high, v, (lane, east, south, north)) if left else (low, v, (west, lane, south, north))


def _strip_width(neighbour: Band) -> int:
    return {"river": BANK_M, "expressway": BELT_M}.get(neighbour.kind, 0)


def _strip(u: Span, v: Span, neighbour: Band, cell: tuple[int, int], direction: str) -> Plot:
    kind: Kind = "bank" if neighbour.kind == "river" else "belt"
    beside = f"{direction}{neighbour.number}" if kind == "bank" else ""
    return Plot(rectangle(u, v), "14", kind, cell, beside=beside)


def _use_of(middle: tuple[float, float], park: int | None, random: np.random.Generator) -> str:
    """What a cell is for: a core, housing around it, industry in the parks, reserves further out."""
    if park is not None:
        return "10"
    if any(_within(middle, u, v) for u, v in OLD_INDUSTRY):
        return "10"
    distance = float(np.hypot(middle[0] + 150, middle[1] - 100))
    if distance < 750:
        return str(random.choice(["09"] * 5 + ["08"] * 3 + ["07"]))
    if abs(middle[0] + 150) < 450 and abs(middle[1]) < 2000:
        return str(random.choice(["09", "08", "07"]))
    if middle[0] > 2000 or middle[1] < -2300:
        return str(random.choice(["11", "11", "16"]))
    if distance < 2500:
        return str(random.choice(["07"] * 12 + ["08", "08", "09"]))
    return str(random.choice(["07"] * 6 + ["08", "16", "16"]))


def _vary(use: str, park: int | None, random: np.random.Generator) -> str:
    """The use of one lot: mostly its cell's; services among housing, supply and green among industry."""
    choices = {
        "07": ["07"] * 32 + ["08"] * 3 + ["09"] * 2 + ["14"] * 2 + ["13"],
        "08": ["08"] * 9 + ["07"] * 4 + ["14"],
        "09": ["09"] * 9 + ["07"] * 3 + ["08", "14"],
        "10": ["10"] * 36 + ["11"] * 2 + ["13", "12", "14"],
    }
    if use == "10" and park is None:
        return str(random.choice(["10"] * 9 + ["07"]))
    return str(random.choice(choices.get(use, [use] * 14 + ["14"])))


def _blocks(u: Span, v: Span, use: str, around: tuple[Band, Band, Band, Band], plan: Plan) -> list[tuple[Span, Span]]:
    """A cell cut by a branch road; big plots of industry and reserves are left whole."""
    wide, high = u[1] - u[0], v[1] - v[0]
    half = HALF_WIDTH["branch"]
    if use == "16" or max(wide, high) < 240:
        return [(u, v)]
    west, east, south, north = around
    blocks = [(u, v)]
    if high >= 240 and (high >= wide or use in ("07", "08", "09")):
        cut = _step((v[0] + v[1]) / 2)
        plan.branches.append(LineString([(_reach(u[0], west), cut), (_reach(u[1], east), cut)]))
        blocks = [(u, (v[0], cut - half)), (u, (cut + half, v[1]))]
    if wide >= 240 and (wide > high or use in ("07", "08", "09")):
        cut = _step((u[0] + u[1]) / 2)
        plan.branches.append(LineString([(cut, _reach(v[0], south)), (cut, _reach(v[1], north))]))
        blocks = [((low, high_), span) for _, span in blocks for low, high_ in ((u[0], cut - half), (cut + half, u[1]))]
    return blocks


def _reach(edge: float, neighbour: Band) -> float:
    """Where a branch ends: on the middle of the road beside the cell; at the bank of a river."""
    return neighbour.middle if neighbour.kind in ("arterial", "secondary") else edge


def _lots(block: tuple[Span, Span], lot_m2: float) -> list[tuple[Span, Span]]:
    """A block cut into lots of about a size, in one or two rows along its longer side."""
    u, v = block
    wide, high = u[1] - u[0], v[1] - v[0]
    count = max(1, round(wide * high / lot_m2))
    rows = 2 if count >= 4 and min(wide, high) >= 120 else 1
    columns = max(1, round(count / rows))
    if wide >= high:
        return [(across, along) for along in _cuts(v, rows) for across in _cuts(u, columns)]
    return [(across, along) for across in _cuts(u, rows) for along in _cuts(v, columns)]


def _cuts(span: Span, count: int) -> list[Span]:
    edges = [span[0], *(_step(edge) for edge in np.linspace(*span, count + 1)[1:-1]), span[1]]
    return [(low, high) for low, high in pairwise(edges) if high > low]


def _step(place: float) -> float:
    return float(round(place / _STEP_M) * _STEP_M)


def _within(middle: tuple[float, float], u: Span, v: Span) -> bool:
    return u[0] <= middle[0] <= u[1] and v[0] <= middle[1] <= v[1]


def _largest(shape: shapely.Geometry) -> Polygon | None:
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and part.area > 0]
    return _rounded(max(parts, key=lambda part: part.area)) if parts else None


def _rounded(shape: Polygon) -> Polygon:
    return Polygon(shapely.get_coordinates(shape.exterior).round(3))
