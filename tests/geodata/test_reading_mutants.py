"""Good files damaged at random: whatever comes of it is a reading, never an exception, and never takes long.

An ordinary run tries a few hundred; `LIAOHE_MUTANTS=10000` tries that many.
"""

from __future__ import annotations

import os
import random
import shutil
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from geodata.choices import Choices
from geodata.sources import read_here
from tests.geodata.test_reading_uploads import DXF, GOOD, geodatabase, geojson, gpkg
from tests.geodata.upload_files import (
    csv_bytes,
    frame,
    in_memory_zip,
    kml,
    named_dbf,
    parts,
    placemark,
    write_gdal,
    write_parts,
    write_xlsx,
    zipped,
)

MUTANTS = int(os.environ.get("LIAOHE_MUTANTS", "400"))
SEED = 20201231
SLOWEST_S = 10.0


def _content(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def _parquet(folder: Path) -> Path:
    frame().to_parquet(folder / "a.parquet")
    return folder / "a.parquet"


FEATURES = [
    {
        "type": "Feature",
        "properties": {"name": "园区七", "n": n},
        "geometry": {"type": "Point", "coordinates": [116, 35]},
    }
    for n in range(5)
]
GOOD_FILES: dict[str, Callable[[Path], Path]] = {
    "zip": lambda folder: zipped(folder, GOOD),
    "zip of heights": lambda folder: zipped(folder, parts(kind=15)),
    "zip of UTF-8": lambda folder: zipped(folder, parts(cpg=b"UTF-8", table=named_dbf(encoding="utf-8"))),
    "zip without prj": lambda folder: zipped(folder, parts(prj=None, cpg=None)),
    "shp": lambda folder: write_parts(folder, GOOD),
    "shx": lambda folder: write_parts(folder, GOOD).with_suffix(".shx"),
    "dbf": lambda folder: write_parts(folder, GOOD).with_suffix(".dbf"),
    "prj": lambda folder: write_parts(folder, GOOD).with_suffix(".prj"),
    "gpkg": gpkg("roads"),
    "two layers": gpkg("a", "b"),
    "gdb": geodatabase(),
    "geojson": _content("a.geojson", geojson(FEATURES)),
    "fgb": lambda folder: write_gdal(folder, "a.fgb", "FlatGeobuf"),
    "parquet": _parquet,
    "kml": _content("a.kml", kml(placemark("规划横三路") * 3)),
    "kmz": _content("a.kmz", in_memory_zip({"doc.kml": kml(placemark("a"))})),
    "dxf": _content("a.dxf", DXF),
    "csv": _content("a.csv", csv_bytes([["名称", "经度", "纬度"], ["园", "116.65", "35.42"], ["区", "116.6", "35.4"]])),
    "csv in GBK": _content("a.csv", csv_bytes([["项目名称", "经度", "纬度"], ["规划园区", "116.65", "35.42"]], "gbk")),
    "xlsx": lambda folder: write_xlsx(folder, {"项目": [["名称", "经度", "纬度"], ["园", "116.65", "35.42"]]}),
}


def mutant(content: bytes, chance: random.Random) -> bytes:
    """A damaged copy: bytes flipped, cut off, cut out, swapped, repeated or zeroed."""
    data = bytearray(content)
    how = chance.choice(("flip", "flip", "flip", "cut", "drop", "swap", "repeat", "zero", "number"))
    at = chance.randrange(len(data))
    # Headers decide most: half of all damage is in the first 200 bytes.
    if chance.random() < 0.5:
        at = min(at, chance.randrange(200))
    length = chance.choice((1, 2, 4, 8, 64, 512))
    if how == "flip":
        for _ in range(chance.choice((1, 1, 2, 5, 20))):
            data[chance.randrange(len(data)) if chance.random() < 0.5 else at] ^= 1 << chance.randrange(8)
    elif how == "cut":
        del data[max(1, at) :]
    elif how == "drop":
        del data[at : at + length]
    elif how == "swap":
        other = chance.randrange(len(data))
        data[at : at + length], data[other : other + length] = data[other : other + length], data[at : at + length]
    elif how == "repeat":
        data[at:at] = data[at : at + length] * chance.choice((1, 2, 50))
    elif how == "zero":
        data[at : at + length] = bytes(len(data[at : at + length]))
    else:
        value = chance.choice((0, 1, 65535, 2**31 - 1, 2**31, 2**32 - 1))
        number = struct.pack(chance.choice("<>") + "I", value)
        data[at : at + 4] = number
    return bytes(data)


@pytest.mark.parametrize("name", GOOD_FILES)
@pytest.mark.timeout(1800)
def test_a_damaged_file_is_read_or_refused_and_never_raises_or_hangs(name: str, tmp_path: Path) -> None:
    chance = random.Random(f"{SEED} {name}")
    original = tmp_path / "original"
    original.mkdir()
    good = GOOD_FILES[name](original)
    slowest = 0.0
    for number in range(max(1, MUTANTS // len(GOOD_FILES))):
        folder, staging = tmp_path / f"m{number}", tmp_path / f"s{number}"
        shutil.copytree(original, folder)
        staging.mkdir()
        damaged = folder / good.name
        damaged.write_bytes(mutant(good.read_bytes(), chance))
        started = time.monotonic()
        reading = read_here(damaged, Choices(), staging)
        slowest = max(slowest, time.monotonic() - started)
        assert reading.outcome in ("accept", "accept-with-warning", "reject")
        assert reading.outcome == "reject" or reading.frame is not None
        reading.to_json("zh")
        shutil.rmtree(folder)
        shutil.rmtree(staging)
    assert slowest < SLOWEST_S
