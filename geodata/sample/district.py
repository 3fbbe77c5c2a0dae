"""The eleven layers of the illustrative district, built from the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from shapely import LineString, Point, Polygon

from geodata import crs, status
from geodata.sample import days, ground, plots
from geodata.sample.days import EXISTING_DAY, FIRST, LAST, Row
from geodata.sample.ground import AREA_KM2, CRS, RIVERS_U, RIVERS_V, Ground, bands
from geodata.schema import BOARDS, CLUSTERS, DTYPES, LAYERS

SEED = 20181018
DATA_DATE = LAST
"""The day the illustrative data speak of."""

_DIGITS = "零一二三四五六七八九十"
_CORRIDORS = (("生态水廊一", "u", -900, 100), ("生态水廊二", "v", 60, 110), ("生态水廊三", "u", 2600, 80))
_ZONES = (("水系片区一", (-4000, -900)), ("水系片区二", (-900, 800)), ("水系片区三", (800, 4000)))
_RIVER_DAYS: dict[tuple[str, int], Row] = {
    ("u", 1): {"planned_on": EXISTING_DAY, "started_on": EXISTING_DAY, "connected_on": EXISTING_DAY},
    ("u", 2): {"planned_on": EXISTING_DAY, "started_on": EXISTING_DAY, "connected_on": EXISTING_DAY},
    ("u", 3): {"planned_on": date(2019, 6, 30), "started_on": date(2018, 4, 2), "connected_on": date(2019, 7, 18)},
    ("u", 4): {"planned_on": date(2021, 6, 30), "started_on": date(2020, 5, 11)},
    ("v", 1): {"planned_on": date(2020, 12, 31), "started_on": date(2019, 8, 5)},
    ("v", 2): {"planned_on": date(2018, 12, 31), "started_on": date(2018, 3, 12), "connected_on": date(2018, 11, 30)},
    ("v", 3): {"planned_on": EXISTING_DAY, "started_on": EXISTING_DAY, "connected_on": EXISTING_DAY},
    ("v", 4): {"planned_on": date(2020, 6, 30), "started_on": date(2019, 3, 4), "connected_on": date(2020, 9, 25)},
    ("v", 5): {"planned_on": date(2022, 12, 31)},
}
SITES = 60
_PROJECTS_ON = {
    "completed": 20,
    "under_construction": 25,
    "supplied_unused": 10,
    "approved_unsupplied": 8,
    "unapproved": 17,
}
"""On land of which status how many key projects stand."""
_INDUSTRIES = ("化工", "铸造", "建材", "纺织", "食品加工", "机械加工", "造纸", "包装印刷")
_ROAD_WIDTH_M = {"expressway": 60, "arterial": 40, "secondary": 30, "branch": 20}
_STREET_GREEN_M = (10, 18)
"""Inner and outer edge of the street greening, from the middle of an arterial."""


def build_district() -> dict[str, GeoDataFrame]:
    """Every layer of the illustrative district.

    Returns
    -------
    dict
        Layer → frame in EPSG:4527 with the fields and dtypes of the schema, in the schema's order. The same on every
        call.
    """
    return _Builder().build()


class _Builder:
    def __init__(self) -> None:
        self.random = np.random.default_rng(SEED)
        self.ground = Ground()
        self.plan = plots.lay_out(self.random)
        self.outline = self._outline()
        self.ground.know([self.outline, *(plot.shape for plot in self.plan.plots)])
        self._fit_area()

    def build(self) -> dict[str, GeoDataFrame]:
        roads = self.roads()
        sites = self.relocation_days()
        greening, green_days = self.greening()
        parcels = self.parcels(green_days, sites)
        layers = {
            "district": self.district(),
            "water_zones": self.water_zones(),
            "corridors": self.corridors(),
            "waterways": self.waterways(),
            "roads": roads,
            "relocation_zones": self.relocation_zones(parcels, sites),
            "parks": self.parks(),
            "parcels": parcels,
            "greening": greening,
            "lighting": self.lighting(roads),
            "projects": self.projects(parcels),
        }
        return {layer: layers[layer] for layer in LAYERS}

    def district(self) -> GeoDataFrame:
        row = {"district_id": "LH-01", "name": "蓼河新区(示例)", "planned_area_km2": AREA_KM2}
        return _frame("district", [row], [self.ground.bend(self.outline)])

    def water_zones(self) -> GeoDataFrame:
        rows, shapes = [], []
        for number, (name, span) in enumerate(_ZONES, start=1):
            rows.append({"zone_id": f"SZ-{number}", "name": name})
            shapes.append(self._part_of_outline(span, (-5000, 5000)))
        return _frame("water_zones", rows, shapes)

    def corridors(self) -> GeoDataFrame:
        done = (date(2019, 10, 20), None, date(2020, 8, 8))
        rows, shapes = [], []
        for number, (name, axis, middle, half) in enumerate(_CORRIDORS, start=1):
            span, whole = (middle - half, middle + half), (-5000, 5000)
            rows.append(
                {
                    "corridor_id": f"LD-{number}",
                    "name": name,
                    "planned_on": date(2018 + number, 12, 31),
                    "completed_on": done[number - 1],
                }
            )
            shapes.append(self._part_of_outline(*((span, whole) if axis == "u" else (whole, span))))
        return _frame("corridors", rows, shapes)

    def waterways(self) -> GeoDataFrame:
        rows, shapes = [], []
        for axis, word, code, rivers in (("u", "纵", "vertical", RIVERS_U), ("v", "横", "horizontal", RIVERS_V)):
            for number, (place, half) in enumerate(rivers, start=1):
                rows.append(
                    {
                        "waterway_id": f"HD-{'Z' if axis == 'u' else 'H'}{number}",
                        "name": f"{word}{_DIGITS[number]}河",
                        "axis": code,
                        "axis_no": number,
                        "width_m": self._river_width_m(axis, place, half),
                        **_RIVER_DAYS[axis, number],
                    }
                )
                shapes.append(self.ground.bend(self._line(axis, place)))
        return _frame("waterways", rows, shapes)

    def roads(self) -> GeoDataFrame:
        rows: list[Row] = []
        shapes: list[Any] = []
        for axis, word in (("u", "纵"), ("v", "横")):
            count = 0
            for band in bands("u" if axis == "u" else "v"):
                if band.kind not in ("expressway", "arterial", "secondary"):
                    continue
                count += 1
                for section, line in enumerate(self._sections(axis, band.middle), start=1):
                    rows.append(
                        {
                            "road_id": f"L-{'Z' if axis == 'u' else 'H'}{count:02d}-{section}",
                            "name": f"规划{word}{_numeral(count)}路",
                            "road_class": band.kind,
                            "width_m": float(_ROAD_WIDTH_M[band.kind]),
                            **self._road_days(band.kind, line),
                        }
                    )
                    shapes.append(self.ground.bend(line))
        for number, line in enumerate(self.plan.branches, start=1):
            rows.append(
                {
                    "road_id": f"L-B{number:03d}",
                    "name": f"规划支{number}路",
                    "road_class": "branch",
                    "width_m": float(_ROAD_WIDTH_M["branch"]),
                    **self._road_days("branch", line),
                }
            )
            shapes.append(self.ground.bend(line))
        return _frame("roads", rows, shapes)

    def parcels(self, green_days: Mapping[int, Row], sites: Mapping[int, Row]) -> GeoDataFrame:
        """Every plot; green ones go by the greening on them, firms that move by when they go.

        Parameters
        ----------
        green_days, sites : number of a plot → the days of the greening or relocation on it
        """
        rows, shapes = [], []
        blocks: dict[tuple[int, int], str] = {}
        for number, plot in enumerate(self.plan.plots):
            row: Row = {"parcel_id": f"P-{number + 1:04d}", "land_use": plot.use}
            if number in sites and "resupplied_on" in sites[number]:
                row["land_use"] = "09" if number % 4 == 0 else "07"
                row |= days.supplied_again(self.random, sites[number]["resupplied_on"])
            elif number in sites:
                row |= days.existing_land() | ({"inefficient": True} if self.random.random() < 0.4 else {})
            elif plot.heart or plot.kind in ("bank", "belt"):
                row |= days.green_land(self.random, green_days.get(number))
            elif plot.use == "16":
                row |= days.reserve(self.random)
            elif 7 <= int(plot.use) < 17:
                built = _built(plot.shape.centroid, plot.use)
                block = blocks.setdefault(plot.cell, days.block_status(self.random, built))
                row |= days.land(self.random, days.lot_status(self.random, built, block))
            if row.get("supplied_on"):
                row["holder"] = self._holder(row["land_use"])
            rows.append(row)
            shapes.append(self.ground.bend(plot.shape))
        measured = crs.area_m2(GeoSeries(shapes, crs=CRS).to_crs(4490)).to_numpy()
        noise = self.random.uniform(-0.002, 0.002, len(rows))
        for row, area_m2, off in zip(rows, measured, noise, strict=True):
            row["area_recorded_m2"] = round(float(area_m2 * (1 + off)), 1)
        return _frame("parcels", rows, shapes)

    def parks(self) -> GeoDataFrame:
        boards = list(BOARDS)
        rows = [
            {"park_id": f"YQ-{number:02d}", "name": name, "board": boards[number % len(boards)]}
            for number, (name, _, _) in enumerate(plots.PARKS, start=1)
        ]
        return _frame("parks", rows, [self._part_of_outline(u, v) for _, u, v in plots.PARKS])

    def relocation_days(self) -> dict[int, Row]:
        """Which old industrial lots in town move, in three yearly batches: number of the plot → batch and days."""
        lots = [
            number
            for number, plot in enumerate(self.plan.plots)
            if plot.use == "10" and plot.park is None and plot.kind == "lot"
        ]
        chosen = sorted(self.random.choice(lots, size=min(SITES, len(lots)), replace=False).tolist())
        batches = [2018 + place * 7 % 3 for place in range(len(chosen))]
        return {
            number: {"batch": batch, **self._relocation_days(batch)}
            for number, batch in zip(chosen, batches, strict=True)
        }

    def relocation_zones(self, parcels: GeoDataFrame, sites: Mapping[int, Row]) -> GeoDataFrame:
        """The sites of firms that move to a park."""
        rows = [
            {
                "site_id": f"T-{number:03d}",
                "enterprise": f"企业-{number:03d}",
                "industry": str(self.random.choice(_INDUSTRIES)),
                "park_id": f"YQ-{int(self.random.integers(1, 11)):02d}",
                **site,
            }
            for number, site in enumerate(sites.values(), start=1)
        ]
        return _frame("relocation_zones", rows, parcels.geometry.iloc[list(sites)].tolist())

    def greening(self) -> tuple[GeoDataFrame, dict[int, Row]]:
        """Greening of all kinds, and the days of the greening that fills a plot, by the plot's number."""
        rows: list[Row] = []
        shapes: list[Any] = []

        def add(kind: str, name: str, shape: Polygon, *, existing: float) -> Row:
            planned = days.work(self.random, existing=existing)
            rows.append(
                {
                    "project_id": f"G-{len(rows) + 1:03d}",
                    "name": f"{name}{sum(row['kind'] == kind for row in rows) + 1}",
                    "kind": kind,
                    **planned,
                }
            )
            shapes.append(self.ground.bend(shape))
            return planned

        plots = list(enumerate(self.plan.plots))
        banks = [(number, plot) for number, plot in plots if plot.kind == "bank"]
        green = {number: add("park", "公园", plot.shape, existing=0.25) for number, plot in plots if plot.heart}
        for number, plot in plots:
            if plot.kind == "belt":
                green[number] = add("belt", "防护绿带", plot.shape, existing=0.05)
        for place, (number, plot) in enumerate(banks):
            if place % 3 != 2 or plot.beside in ("纵2", "横3"):
                green[number] = add("waterfront", "滨水绿廊", plot.shape, existing=0.1)
        for shape in self._street_strips():
            add("street", "道路绿化", shape, existing=0.15)
        return _frame("greening", rows, shapes), green

    def lighting(self, roads: GeoDataFrame) -> GeoDataFrame:
        """Lamps along roads that are open; on some of them still to come."""
        open_roads = roads[roads["opened_on"].notna()]
        rows = []
        for number, (_, road) in enumerate(open_roads.iterrows(), start=1):
            opened = road["opened_on"].date()
            rows.append(
                {
                    "project_id": f"D-{number:03d}",
                    "name": f"{road['name']}亮化",
                    "lamps": max(2, round(road.geometry.length / 30) * 2),
                    **(
                        days.work(self.random, existing=0.35, starts=False)
                        if opened == EXISTING_DAY
                        else days.soon_after(self.random, opened)
                    ),
                }
            )
        return _frame("lighting", rows, open_roads.geometry.tolist())

    def projects(self, parcels: GeoDataFrame) -> GeoDataFrame:
        """Key projects in the parks and on business land, as far as the land they stand on."""
        states = status.state_at("parcels", parcels, LAST)
        lots = [
            number
            for number, plot in enumerate(self.plan.plots)
            if plot.kind == "lot" and not plot.heart and (plot.park is not None or plot.use in ("09", "11"))
        ]
        chosen: dict[int, str] = {}
        for state, count in _PROJECTS_ON.items():
            there = [number for number in lots if states[number] == state]
            if state == "completed":
                there = [number for number in there if parcels["completed_on"].iloc[number].date() != EXISTING_DAY]
            chosen |= dict.fromkeys(self.random.choice(there, size=count, replace=False).tolist(), state)
        rows, shapes = [], []
        for number, place in enumerate(sorted(chosen), start=1):
            parcel = parcels.iloc[place]
            rows.append(
                {
                    "project_id": f"X-{number:03d}",
                    "name": f"重点项目-{number:03d}",
                    "board": str(self.random.choice(list(BOARDS))),
                    "cluster": str(self.random.choice(list(CLUSTERS))),
                    "investment_100m_cny": round(float(self.random.lognormal(1.1, 0.8)), 1),
                    **self._project_days(chosen[place], parcel["started_on"], parcel["completed_on"]),
                }
            )
            shapes.append(Point(shapely.get_coordinates(parcel.geometry.representative_point())[0].round(3)))
        return _frame("projects", rows, shapes)

    # Pieces ----------------------------------------------------------------------------------------------------------

    def _outline(self) -> Polygon:
        """The district's ring, with a point wherever a zone or corridor will be cut from it."""
        ring = ground.outline()
        cuts = [LineString([(place, -5000), (place, 5000)]) for _, span in _ZONES for place in span]
        for _, axis, middle, half in _CORRIDORS:
            for place in (middle - half, middle + half):
                ends = [(place, -5000), (place, 5000)] if axis == "u" else [(-5000, place), (5000, place)]
                cuts.append(LineString(ends))
        crossings = shapely.get_coordinates(shapely.intersection(ring.exterior, shapely.union_all(cuts)))
        corners = shapely.get_coordinates(ring.exterior)
        places = [ring.exterior.project(Point(corner)) for corner in corners[:-1]]
        more = [(ring.exterior.project(Point(crossing)), tuple(crossing.round(3))) for crossing in crossings]
        ordered = sorted([*zip(places, map(tuple, corners[:-1]), strict=True), *more])
        return Polygon([point for _, point in ordered])

    def _part_of_outline(self, u: tuple[float, float], v: tuple[float, float]) -> Any:
        part = shapely.intersection(self.outline, ground.rectangle(u, v))
        largest = max(shapely.get_parts(part), key=lambda piece: piece.area)
        piece = Polygon(shapely.get_coordinates(largest.exterior).round(3))
        self.ground.know([piece])
        return self.ground.bend(piece)

    def _fit_area(self) -> None:
        for _ in range(3):
            shape = GeoSeries([self.ground.bend(self.outline)], crs=CRS).to_crs(4490)
            self.ground.scale *= float(np.sqrt(AREA_KM2 * 1e6 / crs.area_m2(shape).iloc[0]))

    def _line(self, axis: str, place: float) -> LineString:
        ends = [(place, -5000), (place, 5000)] if axis == "u" else [(-5000, place), (5000, place)]
        inside = shapely.intersection(LineString(ends), self.outline)
        longest = max(shapely.get_parts(inside), key=lambda part: part.length)
        return LineString(shapely.get_coordinates(longest).round(3))

    def _sections(self, axis: str, place: float) -> list[LineString]:
        """A road in sections that end on crossing arterials."""
        whole = self._line(axis, place)
        start, end = (shapely.get_coordinates(whole)[[0, -1], 1 if axis == "u" else 0]).tolist()
        low, high = min(start, end), max(start, end)
        crossing = [band.middle for band in bands("v" if axis == "u" else "u") if band.kind == "arterial"][1::2]
        edges = [low, *(edge for edge in crossing if low + 700 < edge < high - 700), high]
        return [
            LineString([(place, a), (place, b)] if axis == "u" else [(a, place), (b, place)])
            for a, b in pairwise(edges)
        ]

    def _river_width_m(self, axis: str, place: float, half: float) -> float:
        """How wide a river is on average, once the plan is bent."""
        span, whole = (place - half, place + half), (-5000, 5000)
        strip = self._part_of_outline(*((span, whole) if axis == "u" else (whole, span)))
        return float(round(strip.area / self.ground.bend(self._line(axis, place)).length))

    def _holder(self, use: str) -> str:
        return f"{'企业' if use in ('09', '10', '11') else '单位'}-{int(self.random.integers(1, 400)):03d}"

    def _road_days(self, road_class: str, line: LineString) -> Row:
        """A road is built the sooner the nearer it lies to the centre and the higher its class."""
        rank = {"expressway": 0.45, "arterial": 0.2, "secondary": 0.1, "branch": 0.0}[road_class]
        reached = 1.18 + rank - _from_centre_m(line.centroid) / 4300 + self.random.normal(0, 0.17)
        if reached > 0.86:
            return dict.fromkeys(("planned_on", "started_on", "opened_on"), EXISTING_DAY)
        if reached > 0.5:
            opened = FIRST + timedelta(days=int((0.86 - reached) / 0.36 * 1060) + int(self.random.integers(5, 25)))
            started = days.not_before(opened - timedelta(days=int(self.random.integers(150, 420))))
            due = opened + timedelta(days=int(self.random.normal(0, 70)))
            return {
                "planned_on": date(due.year, 6, 30) if due.month < 7 else date(due.year, 12, 31),
                "started_on": started,
                "opened_on": opened,
            }
        if reached > 0.38:
            return {
                "planned_on": date(2021, 6, 30),
                "started_on": days.day(self.random, date(2020, 1, 6), date(2020, 11, 30)),
            }
        return {"planned_on": date(int(self.random.integers(2021, 2024)), 12, 31)}

    def _relocation_days(self, batch: int) -> Row:
        chance = self.random.random() + (batch - 2018) * 0.22
        agreed = days.day(self.random, date(batch, 1, 15), date(batch, 8, 31))
        if chance > 1.15:
            return {}
        row: Row = {"agreed_on": agreed}
        if chance < 0.85:
            row["vacated_on"] = days.later(self.random, agreed, 80, 260)
            if row["vacated_on"] > LAST:
                return {"agreed_on": agreed}
            if chance < 0.4:
                row["resupplied_on"] = days.later(self.random, row["vacated_on"], 60, 300)
                if row["resupplied_on"] > LAST:
                    del row["resupplied_on"]
        return row

    def _project_days(self, state: str, started: pd.Timestamp, completed: pd.Timestamp) -> Row:
        """The stages of a project on land with a status: producing where built, landed where building goes on."""
        if state == "unapproved":
            return {"negotiating_on": days.day(self.random, date(2019, 9, 1), LAST)}
        if state in ("approved_unsupplied", "supplied_unused"):
            signed = days.day(self.random, date(2019, 3, 1), LAST)
            return {"negotiating_on": self._before(signed, 30, 200), "signed_on": signed}
        row: Row = {}
        if state == "completed":
            row["producing_on"] = min(days.later(self.random, completed.date(), 10, 60), LAST)
            landed = self._before(row["producing_on"], 260, 500)
        else:
            landed = started.date()
        signed = landed if landed == EXISTING_DAY else self._before(landed, 60, 200)
        negotiating = signed if signed == EXISTING_DAY else self._before(signed, 30, 150)
        return {"negotiating_on": negotiating, "signed_on": signed, "landed_on": landed, **row}

    def _before(self, then: date, low: int, high: int) -> date:
        return days.not_before(then - timedelta(days=int(self.random.integers(low, high + 1))))

    def _street_strips(self) -> list[Polygon]:
        """Strips along both sides of some arterials, between the crossings."""
        strips = []
        inner, outer = _STREET_GREEN_M
        safe = self.outline.buffer(-40)
        for axis, other in (("u", "v"), ("v", "u")):
            spans = [band for band in bands("v" if other == "v" else "u") if band.kind == "land"]
            arterials = [band for band in bands("u" if axis == "u" else "v") if band.kind == "arterial"]
            for place, band in enumerate(arterials):
                if place % 2:
                    continue
                for span in spans[place % 4 :: 4]:
                    for low, high in ((-outer, -inner), (inner, outer)):
                        side = (band.middle + low, band.middle + high)
                        along = (span.low + 10, span.high - 10)
                        strip = ground.rectangle(*((side, along) if axis == "u" else (along, side)))
                        if safe.contains(strip):
                            strips.append(strip)
        return strips


def _from_centre_m(place: Point) -> float:
    return float(np.hypot(place.x + 150, place.y - 100))


def _built(middle: Point, use: str) -> float:
    """How far a place is built, 1 for average: the centre first, and industry wherever it is."""
    return max(1.0 if use == "10" else 0.7, 2.1 - _from_centre_m(middle) / 2100)


def _numeral(number: int) -> str:
    """A number up to 999 in Chinese."""
    if number <= 10:
        return _DIGITS[number]
    if number < 20:
        return f"十{_DIGITS[number - 10]}"
    if number < 100:
        tens, ones = divmod(number, 10)
        return f"{_DIGITS[tens]}十{_DIGITS[ones] if ones else ''}"
    hundreds, rest = divmod(number, 100)
    if rest == 0:
        return f"{_DIGITS[hundreds]}百"
    joint = "零" if rest < 10 else "一" if rest < 20 else ""
    return f"{_DIGITS[hundreds]}百{joint}{_numeral(rest)}"


def _frame(layer: str, rows: Sequence[Mapping[str, Any]], shapes: Sequence[Any]) -> GeoDataFrame:
    """Rows and shapes as a frame with the fields and dtypes of the schema."""
    columns = {}
    for field in LAYERS[layer].fields:
        values = [row.get(field.name) for row in rows]
        columns[field.name] = pd.Series(values, dtype="object").astype(DTYPES[field.kind])
    return GeoDataFrame(columns, geometry=list(shapes), crs=CRS)
