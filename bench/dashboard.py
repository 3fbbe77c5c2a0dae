"""How long the dashboard takes to answer a new date or another filter, as a ratio to the plain pandas computation.

    python -m bench.dashboard [--parcels 3000 100000] [--rounds 5]

Publishes the illustrative district in a store of its own, with its parcels divided until there are as many as asked
for, opens the page as Streamlit would (AppTest: the whole script, charts and map state included, without a browser),
changes the date and the filters, and writes the median of the rounds. Beside it the same numbers by plain pandas:
areas read from a column, statuses by the rule, a groupby. Both run in turn in one process, so that a busy machine
slows both.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

ROOT = Path(__file__).parents[1]
DAYS = [
    date(2018, 6, 30),
    date(2019, 3, 31),
    date(2019, 9, 30),
    date(2020, 3, 31),
    date(2020, 9, 30),
    date(2020, 11, 30),
]
FILTERS = [
    {("parcels", "use"): ["07"]},
    {("parcels", "state"): ["idle", "supplied_unused"]},
    {("place", "zone"): ["SZ-1"]},
    {("place", "zone"): ["SZ-2"], ("parcels", "use"): ["07", "10"]},
    {("place", "park"): ["YQ-03", "YQ-05"]},
    {("greening", "kind"): ["park"]},
]
LIMITS_S = {3_000: 0.5, 100_000: 1.5}


def divided(parcels: GeoDataFrame, count: int) -> GeoDataFrame:
    """The parcels, each cut into equal strips of its bounds until there are about `count`; with new keys."""
    pieces = int(np.ceil(count / len(parcels)))
    if pieces == 1:
        return parcels
    west, _, east, _ = parcels.bounds.to_numpy().T
    south, north = parcels.bounds["miny"].to_numpy(), parcels.bounds["maxy"].to_numpy()
    rows, shapes = [], []
    side = int(np.ceil(np.sqrt(pieces)))
    whole = parcels.geometry.to_numpy()
    for column in range(side):
        for line in range(side):
            cells = shapely.box(
                west + (east - west) * column / side,
                south + (north - south) * line / side,
                west + (east - west) * (column + 1) / side,
                south + (north - south) * (line + 1) / side,
            )
            parts = shapely.intersection(whole, cells)
            kept = np.flatnonzero((shapely.area(parts) > 0) & (shapely.get_type_id(parts) == 3))
            rows.append(kept)
            shapes.append(parts[kept])
    order = np.concatenate(rows)[:count]
    frame = parcels.iloc[order].reset_index(drop=True)
    frame["parcel_id"] = [f"P-{number:06d}" for number in range(len(frame))]
    return frame.set_geometry(GeoDataFrame(geometry=np.concatenate(shapes)[:count], crs=parcels.crs).geometry)


def publish(folder: Path, count: int) -> None:
    """The illustrative district with `count` parcels, in a new store."""
    from geodata.check import check_upload
    from geodata.choices import Choices
    from geodata.publish import publish as publish_layer
    from geodata.sample import DATA_DATE, build_district
    from geodata.settings import Settings
    from geodata.store import Store

    settings = Settings(data_dir=folder / "data", reading_seconds=600, reading_memory_mb=8000)
    store = Store.open(settings)
    for layer, frame in build_district().items():
        path = folder / f"{layer}.gpkg"
        (divided(frame, count) if layer == "parcels" else frame).to_crs("EPSG:4490").to_file(path, driver="GPKG")
        check = check_upload(store, layer, path, choices=Choices(), settings=settings)
        publish_layer(store, check, by="bench", data_date=DATA_DATE, accept_warnings=True, accept_loss=True)
    store.close()


def plain(parcels: GeoDataFrame, areas: np.ndarray, on: date) -> pd.DataFrame:
    """Land by use and status as one would write it for once."""
    from geodata.status import state_at

    table = pd.DataFrame({"use": parcels["land_use"].str[:2], "state": state_at("parcels", parcels, on), "area": areas})
    return table.groupby(["use", "state"])["area"].agg(["sum", "count"])


def measure(count: int, rounds: int) -> None:
    """Publish, open, change, and write what was measured."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        publish(folder, count)
        os.environ["LIAOHE_DATA_DIR"] = str(folder / "data")
        from streamlit.testing.v1 import AppTest
        from streamlit.util import calc_hash

        from geodata.measures import area_ha
        from geodata.settings import Settings
        from geodata.store import Store

        parcels = Store.open(Settings()).read("parcels")
        areas = area_ha(parcels).to_numpy()

        def page(**query: str) -> AppTest:
            app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=300)
            for part, value in query.items():
                app.query_params[part] = value
            app.run()
            app._page_hash = calc_hash("dashboard")
            return app.run()

        app = page(section="land")
        if app.exception or app.error:
            raise SystemExit(f"the page failed: {app.exception or app.error}")
        taken: dict[str, list[float]] = {"date": [], "filter": [], "plain": []}
        for _ in range(rounds):
            for on, chosen in zip(DAYS, FILTERS, strict=True):
                taken["date"].append(timed(lambda on=on: app.date_input(key="as_of").set_value(on).run()))
                app.session_state["_filters"] = conditions(chosen)
                taken["filter"].append(timed(app.run))
                taken["plain"].append(timed(lambda on=on: plain(parcels, areas, on)))
            app.session_state["_filters"] = {}
        plain_s = statistics.median(taken["plain"])
        print(f"{len(parcels):,} parcels; plain pandas {plain_s * 1000:.0f} ms")
        limit = LIMITS_S.get(count)
        for what in ("date", "filter"):
            first, rest = taken[what][: len(DAYS)], taken[what][len(DAYS) :] or taken[what]
            for word, values in (("first time", first), ("again", rest)):
                middle, worst = statistics.median(values), max(values)
                print(
                    f"  another {what}, {word}: median {middle:.2f} s, longest {worst:.2f} s,"
                    f" {middle / plain_s:.0f} × plain" + (f"  (limit {limit} s)" if limit else "")
                )


def conditions(chosen: dict[tuple[str, str], list[str]]) -> dict[tuple[str, str], object]:
    """Values by facet as filters."""
    from geodata.filters import OneOf

    return {key: OneOf(frozenset(values)) for key, values in chosen.items()}


def timed(act: Callable[[], object]) -> float:
    """Seconds that it takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def main() -> None:
    """Measure each size in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parcels", type=int, nargs="+", default=[3_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    for count in asked.parcels:
        measure(count, asked.rounds)


if __name__ == "__main__":
    main()
