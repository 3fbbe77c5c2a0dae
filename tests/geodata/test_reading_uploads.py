# ruff: noqa: E501 — a table reads best with one upload on a line
"""A table of uploads: each row says how the upload is made, and which outcome and codes it must have, all of them."""

from __future__ import annotations

import json
import shutil
import sqlite3
import struct
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, box

from geodata.choices import Choices
from geodata.reading import Reading
from geodata.sources import read_here
from tests.geodata.upload_files import (
    BOWTIE,
    DXF_HEAD,
    DXF_TAIL,
    NAMES,
    PRJ_4548,
    SQUARES,
    X,
    Y,
    csv_bytes,
    dbf,
    frame,
    in_memory_zip,
    kml,
    named_dbf,
    parts,
    placemark,
    polyline,
    raw_zip,
    record,
    write_gdal,
    write_parts,
    write_xlsx,
    write_zip,
    zipped,
)

ACCEPT, WARN, REJECT = "accept", "accept-with-warning", "reject"
Make = Callable[[Path], Path]


@dataclass(frozen=True)
class Upload:
    name: str
    make: Make
    outcome: str
    codes: str = ""
    choices: Choices = field(default_factory=Choices)
    features: int | None = None
    crs: str | None = "?"
    encoding: str | None = "?"
    kind: str | None = "?"


def one(name: str, content: bytes) -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def described_kml(rows: str) -> bytes:
    """A place as GIS programs write it: its attributes as an HTML table."""
    described = placemark("园区").replace(
        "</name>", f"</name><description><![CDATA[<table>{rows}</table>]]></description>"
    )
    return kml(described)


def patched(files: dict[str, bytes], suffix: str, at: int, content: bytes) -> dict[str, bytes]:
    old = files[suffix]
    return files | {suffix: old[:at] + content + old[at + len(content) :]}


def cut(files: dict[str, bytes], suffix: str, left: int) -> dict[str, bytes]:
    return files | {suffix: files[suffix][:left]}


def loose(files: dict[str, bytes], stem: str = "roads") -> Make:
    return lambda folder: write_parts(folder, files, stem)


def in_zip(files: dict[str, bytes], stem: str = "roads") -> Make:
    return lambda folder: zipped(folder, files, stem)


def dropped(files: dict[str, bytes], stem: str = "roads") -> Make:
    """A folder whose files were dropped together."""

    def make(folder: Path) -> Path:
        write_parts(folder, files, stem)
        return folder

    return make


def entries(pairs: dict[str, bytes] | list[tuple[str, bytes]]) -> Make:
    return lambda folder: write_zip(folder, pairs)


def under(prefix: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {prefix + suffix: content for suffix, content in files.items()}


def symlink_zip(folder: Path) -> Path:
    info = zipfile.ZipInfo("roads.shp")
    info.create_system, info.external_attr = 3, (0o120777 << 16)
    path = folder / "links.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return path


def flipped_zip(folder: Path) -> Path:
    path = zipped(folder, parts())
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(bytes(content))
    return path


def cut_zip(folder: Path) -> Path:
    path = zipped(folder, parts())
    path.write_bytes(path.read_bytes()[:-200])
    return path


def overlapping_zip(folder: Path) -> Path:
    path = raw_zip(folder, [(b"a.shp", b"x" * 50), (b"b.shp", b"y" * 50)])
    content = path.read_bytes()
    second = content.rindex(b"PK\1\2")
    path.write_bytes(content[: second + 42] + struct.pack("<I", 0) + content[second + 46 :])
    return path


def bomb(folder: Path) -> Path:
    path = folder / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("roads.shp", "w", force_zip64=True) as file,
    ):
        for _ in range(600):
            file.write(bytes(2**20))
    return path


def geodatabase(*, names: tuple[str, ...] = ("roads",), prefix: str = "data.gdb/") -> Make:
    def make(folder: Path) -> Path:
        for name in names:
            pyogrio.write_dataframe(
                frame(), folder / "x.gdb", driver="OpenFileGDB", layer=name, append=name != names[0]
            )
        files = {prefix + file.name: file.read_bytes() for file in (folder / "x.gdb").iterdir()}
        shutil.rmtree(folder / "x.gdb")
        return write_zip(folder, files)

    return make


def gpkg(*names: str, claimed: int | None = None, without_geometry: bool = False, damaged: bool = False) -> Make:
    def make(folder: Path) -> Path:
        path = folder / "plan.gpkg"
        for name in names:
            layer = pd.DataFrame(frame().drop(columns="geometry")) if without_geometry else frame()
            pyogrio.write_dataframe(layer, path, driver="GPKG", layer=name, append=name != names[0])
        if claimed is not None:
            with sqlite3.connect(path) as database:
                database.execute("UPDATE gpkg_ogr_contents SET feature_count = ?", (claimed,))
            database.close()
        if damaged:
            content = path.read_bytes()
            path.write_bytes(content[:4096] + b"\xff" * 4096 + content[8192:])
        return path

    return make


def geojson(features: list[dict[str, object]], **more: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}, ensure_ascii=False).encode()


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


POINT = {"type": "Point", "coordinates": [116.65, 35.42]}
OPEN_RING = {"type": "Polygon", "coordinates": [[[116.6, 35.4], [116.7, 35.4]]]}
METRES = {"type": "Point", "coordinates": [X, Y]}
GOOD = parts()
UNCLOSED = record([[(X, Y), (X, Y + 9), (X + 9, Y + 9), (X + 9, Y)]], 5)
SHORT_RING = record([[(X, Y), (X, Y + 9), (X, Y)]], 5)
NAN_RING = record([[(X, Y), (X, Y + 9), (float("nan"), Y + 9), (X, Y)]], 5)
CUT_NAME = "规划横三路".encode("gbk")[:9]
LOST = [name.encode() for name in ("锟斤拷", "????", "park")]
WITH_TEXT = [(b"NAME", "C", 40, 0)]
DXF = (DXF_HEAD + polyline("规划道路", closed=False) + polyline("地块", closed=True) + DXF_TAIL).encode("gbk")
ONE_DXF = (DXF_HEAD + polyline("地块", closed=True) + DXF_TAIL).encode("gbk")


def text_dbf(values: list[bytes], *, width: int = 40, language: int = 0) -> bytes:
    return dbf([(b"NAME", "C", width, 0)], [[value] for value in values], language=language)


def prj(code: int) -> bytes:
    return gpd.GeoSeries(crs=f"EPSG:{code}").crs.to_wkt("WKT1_ESRI").encode()


def moved(x: float, y: float) -> list[object]:
    return [box(x + 100 * i, y, x + 100 * i + 90, y + 90) for i in range(3)]


DEGREES = [box(116.65 + 0.001 * i, 35.42, 116.6505 + 0.001 * i, 35.4205) for i in range(3)]
TURNED = [box(35.42 + 0.001 * i, 116.65, 35.4205 + 0.001 * i, 116.6505) for i in range(3)]

TABLE = [
    # --- good ones, in every way they come
    Upload("zip at the top", in_zip(GOOD), ACCEPT, features=3, crs="EPSG:4548", encoding="GBK", kind="Polygon"),
    Upload("zip with a folder", entries(under("资料/roads", GOOD)), ACCEPT, features=3),
    Upload("zip with back-slashes", entries(under("data\\plan\\roads", GOOD)), ACCEPT, features=3),
    Upload("zip with __MACOSX", entries(under("roads", GOOD) | {"__MACOSX/._roads.shp": b"x", ".DS_Store": b"y"}), ACCEPT),
    Upload("zip with upper-case suffixes", entries({f"ROADS{s.upper()}": c for s, c in GOOD.items()}), ACCEPT, features=3),
    Upload("zip with mixed-case names", entries({f"{'Roads' if s == '.shp' else 'roads'}{s}": c for s, c in GOOD.items()}), ACCEPT),
    Upload("zip with GBK names", lambda f: raw_zip(f, [("规划道路".encode("gbk") + s.encode(), c) for s, c in GOOD.items()]), ACCEPT, features=3),
    Upload("zip without the ending", lambda f: zipped(f, GOOD).rename(f / "upload.bin"), ACCEPT, features=3),
    Upload("zip with a read-me and metadata", entries(under("roads", GOOD) | {"说明.txt": b"hi", "roads.shp.xml": b"<a/>", "roads.sbn": b"x"}), ACCEPT),
    Upload("loose shapefile", loose(GOOD), ACCEPT, features=3),
    Upload("dropped files", dropped(GOOD), ACCEPT, features=3),
    Upload("a folder with a zip in it", lambda f: zipped(f, GOOD).parent, ACCEPT, features=3),
    Upload("pointed at by its table", lambda f: loose(GOOD)(f).with_suffix(".dbf"), ACCEPT, features=3),
    Upload("lines", in_zip(parts([LineString([(X, Y), (X + 9, Y + 9)])], 3)), ACCEPT, features=1, kind="LineString"),
    Upload("points", in_zip(parts([Point(X, Y)], 1)), ACCEPT, features=1, kind="Point"),
    Upload("several parts", in_zip(parts([MultiPolygon(SQUARES[:2])])), ACCEPT, features=1, kind="MultiPolygon"),
    Upload("a polygon with a hole", in_zip(parts([box(X, Y, X + 90, Y + 90) - box(X + 9, Y + 9, X + 20, Y + 20)])), ACCEPT),
    Upload("zone 39", in_zip(parts(moved(39000000 + X, Y), prj=prj(4527))), ACCEPT, crs="EPSG:4527"),
    Upload("degrees", in_zip(parts(DEGREES, prj=prj(4490))), ACCEPT, crs="EPSG:4490"),
    Upload("Xian 1980", in_zip(parts(prj=prj(2384))), ACCEPT, crs="EPSG:2384"),
    Upload("prj with Chinese bytes", in_zip(GOOD | {".prj": PRJ_4548.replace(b"CGCS2000_3", "国家2000_3".encode("gbk"))}), ACCEPT),
    Upload("a DBF that compresses 200 times", in_zip(parts(SQUARES, table=dbf([(b"NAME", "C", 250, 0)] * 1 + [(f"T{i}".encode(), "C", 250, 0) for i in range(60)], [[b"a"] * 61] * 3))), ACCEPT),
    Upload("a geodatabase", geodatabase(), ACCEPT, features=3, crs="EPSG:4548"),
    Upload("a geodatabase's files without a folder", geodatabase(prefix=""), ACCEPT, features=3),
    Upload("GeoPackage", gpkg("roads"), ACCEPT, features=3, crs="EPSG:4548", encoding="UTF-8"),
    Upload("GeoPackage in a zip", lambda f: write_zip(f, {"a/plan.gpkg": gpkg("roads")(f).read_bytes()}), ACCEPT, features=3),
    Upload("GeoJSON", one("a.geojson", geojson([feature(POINT, name="园区七")])), ACCEPT, features=1, crs="EPSG:4326", kind="Point"),
    Upload("GeoJSON called json", one("a.json", geojson([feature(POINT, name="园区七")])), ACCEPT, features=1),
    Upload("GeoJSON with a byte order mark", one("a.geojson", b"\xef\xbb\xbf" + geojson([feature(POINT)])), ACCEPT),
    Upload("GeoJSON of one feature", one("a.geojson", json.dumps(feature(POINT)).encode()), ACCEPT, features=1),
    Upload("GeoJSON of a bare geometry", one("a.geojson", json.dumps(POINT).encode()), ACCEPT, features=1),
    Upload("FlatGeobuf", lambda f: write_gdal(f, "a.fgb", "FlatGeobuf"), ACCEPT, features=3, crs="EPSG:4548"),
    Upload("GeoParquet", lambda f: (frame().to_parquet(f / "a.parquet"), f / "a.parquet")[1], ACCEPT, features=3, crs="EPSG:4548"),
    Upload("KML", one("a.kml", kml(placemark("规划横三路"))), ACCEPT, features=1, crs="EPSG:4326", kind="Point"),
    Upload("KML in GB2312", one("a.kml", kml(placemark("规划横三路"), encoding="GB2312")), ACCEPT, features=1),
    Upload("KMZ", one("a.kmz", in_memory_zip({"doc.kml": kml(placemark("a"))})), ACCEPT, features=1),
    Upload("KMZ in a zip", entries({"a.kmz": in_memory_zip({"doc.kml": kml(placemark("a"))})}), ACCEPT, features=1),
    # --- the parts of a shapefile
    Upload("no shx", in_zip(parts(without=[".shx"])), REJECT, "MISSING_SHX", features=3),
    Upload("no shx, mended", in_zip(parts(without=[".shx"])), WARN, "REPAIRED", Choices(repairs=frozenset({"MISSING_SHX"})), features=3),
    Upload("no dbf", in_zip(parts(without=[".dbf"])), REJECT, "MISSING_DBF", features=3),
    Upload("no prj", in_zip(parts(prj=None)), WARN, "MISSING_PRJ", crs=None),
    Upload("no prj, CRS chosen", in_zip(parts(prj=None)), ACCEPT, "", Choices(crs="4548"), crs="EPSG:4548"),
    Upload("no prj, nonsense chosen", in_zip(parts(prj=None)), REJECT, "CRS_UNKNOWN", Choices(crs="EPSG:99")),
    Upload("empty prj", in_zip(parts(prj=b"  \n")), WARN, "MISSING_PRJ", crs=None),
    Upload("unreadable prj", in_zip(parts(prj=b"\xff\xfe not a WKT")), WARN, "MISSING_PRJ", crs=None),
    Upload("no shp", in_zip(parts(without=[".shp"])), REJECT, "NO_LAYER"),
    Upload("only a dbf", one("a.dbf", named_dbf()), REJECT, "NO_LAYER"),
    Upload("parts of two stems", entries({"a.shp": GOOD[".shp"], "a.shx": GOOD[".shx"], "b.dbf": GOOD[".dbf"], "a.prj": PRJ_4548}), REJECT, "MISSING_DBF"),
    Upload("shx of another file", in_zip(GOOD | {".shx": parts(SQUARES[:2])[".shx"]}), REJECT, "COUNT_MISMATCH"),
    Upload("shx of another file, mended", in_zip(GOOD | {".shx": parts(SQUARES[:2])[".shx"]}), WARN, "REPAIRED", Choices(repairs=frozenset({"COUNT_MISMATCH"})), features=3),
    Upload("shx that points elsewhere", in_zip(patched(GOOD, ".shx", 108, struct.pack(">i", 60))), REJECT, "CORRUPT"),
    Upload("dbf of another file", in_zip(GOOD | {".dbf": named_dbf(NAMES[:2])}), REJECT, "COUNT_MISMATCH"),
    Upload("dbf that claims no row", in_zip(GOOD | {".dbf": named_dbf(claimed=0)}), REJECT, "COUNT_MISMATCH"),
    Upload("dbf that claims two more rows", in_zip(GOOD | {".dbf": named_dbf(claimed=5)}), REJECT, "CORRUPT"),
    Upload("deleted rows", in_zip(GOOD | {".dbf": named_dbf(deleted=[1])}), WARN, "DELETED_ROWS", features=2),
    Upload("shp cut off", in_zip(cut(GOOD, ".shp", 300)), REJECT, "CORRUPT COUNT_MISMATCH"),
    Upload("shp cut in its header", in_zip(cut(GOOD, ".shp", 60)), REJECT, "CORRUPT"),
    Upload("shp without its last byte", in_zip(cut(GOOD, ".shp", len(GOOD[".shp"]) - 1)), REJECT, "CORRUPT COUNT_MISMATCH"),
    Upload("shx cut off", in_zip(cut(GOOD, ".shx", 110)), REJECT, "CORRUPT COUNT_MISMATCH"),
    Upload("dbf cut off", in_zip(cut(GOOD, ".dbf", len(GOOD[".dbf"]) - 30)), REJECT, "CORRUPT COUNT_MISMATCH"),
    Upload("dbf cut in its header", in_zip(cut(GOOD, ".dbf", 20)), REJECT, "CORRUPT"),
    Upload("empty parts", in_zip(dict.fromkeys((".shp", ".shx", ".dbf"), b"")), REJECT, "CORRUPT"),
    Upload("shp with a wrong magic", in_zip(patched(GOOD, ".shp", 0, b"\0\0\0\0")), REJECT, "CORRUPT"),
    Upload("shp of an unknown type", in_zip(patched(GOOD, ".shp", 32, struct.pack("<i", 77))), REJECT, "CORRUPT"),
    Upload("a record longer than the file", in_zip(patched(GOOD, ".shp", 104, struct.pack(">i", 99999))), REJECT, "CORRUPT"),
    Upload("a record with too many vertices", in_zip(patched(GOOD, ".shp", 100 + 8 + 40, struct.pack("<i", 6))), REJECT, "CORRUPT INVALID_GEOM"),
    Upload("a record of a foreign type", in_zip(patched(GOOD, ".shp", 108, struct.pack("<i", 3))), REJECT, "CORRUPT MIXED_GEOM"),
    Upload("a vertex thrown out of its box", in_zip(patched(GOOD, ".shp", 108 + 48, struct.pack("<d", X + 5000))), WARN, "INVALID_GEOM"),
    Upload("multipatch", in_zip(patched(GOOD, ".shp", 32, struct.pack("<i", 31))), REJECT, "UNSUPPORTED"),
    Upload("three layers", entries({f"{n}{s}": c for n in ("a", "b", "c") for s, c in GOOD.items()}), REJECT, "SEVERAL_LAYERS"),
    Upload("three layers, one chosen", entries({f"{n}{s}": c for n in ("a", "b", "c") for s, c in GOOD.items()}), ACCEPT, "", Choices(layer_name="b"), features=3),
    Upload("one name in two folders", entries(under("东/roads", GOOD) | under("西/roads", GOOD)), REJECT, "SEVERAL_LAYERS"),
    Upload("one name in two folders, one chosen", entries(under("东/roads", GOOD) | under("西/roads", GOOD)), ACCEPT, "", Choices(layer_name="西/roads")),
    Upload("a layer that is not there", in_zip(GOOD), REJECT, "NO_LAYER", Choices(layer_name="parks")),
    Upload("no features", in_zip(parts([])), REJECT, "EMPTY_LAYER", features=0),
    # --- geometries
    Upload("a null geometry", in_zip(parts([SQUARES[0], None, SQUARES[2]])), WARN, "NULL_GEOM", features=3),
    Upload("only null geometries", in_zip(parts([None, None])), WARN, "NULL_GEOM", kind=None),
    Upload("a bow tie", in_zip(parts([SQUARES[0], BOWTIE])), WARN, "INVALID_GEOM", features=2),
    Upload("an unclosed ring", in_zip(parts([SQUARES[0], UNCLOSED])), WARN, "INVALID_GEOM", features=2),
    Upload("a ring of two vertices", in_zip(parts([SQUARES[0], SHORT_RING])), WARN, "INVALID_GEOM", features=2),
    Upload("a coordinate that is no number", in_zip(parts([SQUARES[0], NAN_RING])), REJECT, "NONFINITE_COORD"),
    Upload("an infinite point", in_zip(parts([Point(X, Y), struct.pack("<i2d", 1, float("inf"), Y)], 1)), REJECT, "NONFINITE_COORD"),
    Upload("heights", in_zip(parts(kind=15)), WARN, "HAS_ZM", features=3),
    Upload("GeoJSON of two kinds", one("a.geojson", geojson([feature(POINT), feature({"type": "LineString", "coordinates": [[116, 35], [117, 36]]})])), WARN, "MIXED_GEOM"),
    Upload("GeoJSON with a collection", one("a.geojson", geojson([feature(json.loads(shapely.to_geojson(GeometryCollection([Point(116, 35), LineString([(116, 35), (117, 36)])]))))])), WARN, "MIXED_GEOM"),
    Upload("GeoJSON with a null geometry", one("a.geojson", geojson([feature(POINT), feature(None)])), WARN, "NULL_GEOM", features=2),
    Upload("GeoJSON with a short ring", one("a.geojson", geojson([feature(json.loads(shapely.to_geojson(DEGREES[0]))), feature(OPEN_RING)])), WARN, "INVALID_GEOM", features=2),
    Upload("GeoJSON without a geometry member", one("a.geojson", geojson([feature(POINT), {"type": "Feature", "properties": {}}])), REJECT, "CORRUPT NULL_GEOM"),
    Upload("GeoJSON with NaN", one("a.geojson", geojson([feature({"type": "Point", "coordinates": [float("nan"), 35]})])), REJECT, "NONFINITE_COORD"),
    Upload("GeoJSON cut off", one("a.geojson", geojson([feature(POINT)])[:-20]), REJECT, "CORRUPT"),
    Upload("GeoJSON without features", one("a.geojson", geojson([])), REJECT, "EMPTY_LAYER"),
    Upload("GeoJSON in GBK", one("a.geojson", geojson([feature(POINT, name="规划横三路园区")]).decode().encode("gbk")), WARN, "ENCODING_GUESSED"),
    Upload("JSON that is no GeoJSON", one("a.json", b'{"name": "x"}'), REJECT, "UNSUPPORTED"),
    Upload("Esri JSON", one("a.json", b'{"geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 4527}, "features": []}'), REJECT, "UNSUPPORTED"),
    Upload("GeoJSON with a crs member", one("a.geojson", geojson([feature(METRES)]).replace(b'{"type": "FeatureCollection"', b'{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4548"}}', 1)), ACCEPT, features=1, crs="EPSG:4548"),
    Upload("a name with a picture in it", lambda f: write_gdal(f, "🚧规划 (终稿)最终.gpkg", "GPKG"), ACCEPT, features=3),
    Upload("an Ovital file", one("a.ovobj", b"OVOBJ"), REJECT, "UNSUPPORTED"),
    Upload("a WPS table", one("a.et", b"\xd0\xcf\x11\xe0"), REJECT, "UNSUPPORTED"),
    Upload("a VRT called GeoJSON", one("a.geojson", b"<OGRVRTDataSource/>"), REJECT, "CORRUPT"),
    # --- CRS against the numbers
    Upload("zone 39 called CM 117E", in_zip(parts(moved(39000000 + X, Y))), REJECT, "CRS_CONTRADICTED"),
    Upload("CM 117E called zone 39", in_zip(parts(prj=prj(4527))), REJECT, "CRS_CONTRADICTED"),
    Upload("metres called degrees", in_zip(parts(prj=prj(4490))), REJECT, "CRS_CONTRADICTED"),
    Upload("degrees called metres", in_zip(parts(DEGREES)), REJECT, "CRS_CONTRADICTED"),
    Upload("metres in a GeoJSON", one("a.geojson", geojson([feature(METRES)])), REJECT, "CRS_CONTRADICTED"),
    Upload("degrees turned", in_zip(parts(TURNED, prj=prj(4490))), REJECT, "AXES_SWAPPED"),
    Upload("degrees turned, swap chosen", in_zip(parts(TURNED, prj=prj(4490))), ACCEPT, "", Choices(swap_axes=True)),
    Upload("metres turned", in_zip(parts(moved(Y, X))), REJECT, "AXES_SWAPPED"),
    Upload("a wrong CRS put right", in_zip(parts(moved(39000000 + X, Y))), ACCEPT, "", Choices(crs="EPSG:4527"), crs="EPSG:4527"),
    # --- encodings
    Upload("GBK unsaid", in_zip(parts(cpg=None)), WARN, "ENCODING_GUESSED", encoding="GB18030"),
    Upload("GBK by its language byte", in_zip(parts(cpg=None, table=named_dbf(language=0x4D))), ACCEPT, encoding="GBK"),
    Upload("GBK called Latin by its language byte", in_zip(parts(cpg=None, table=named_dbf(language=0x03))), WARN, "ENCODING_CONTRADICTED", encoding="GB18030"),
    Upload("GBK under 0x57", in_zip(parts(cpg=None, table=named_dbf(language=0x57))), WARN, "ENCODING_GUESSED", encoding="GB18030"),
    Upload("GBK called UTF-8", in_zip(parts(cpg=b"UTF-8")), WARN, "ENCODING_CONTRADICTED", encoding="GB18030"),
    Upload("GBK, the right one chosen", in_zip(parts(cpg=b"UTF-8")), ACCEPT, "", Choices(encoding="gbk"), encoding="GBK"),
    Upload("cpg of ANSI 936", in_zip(parts(cpg=b"ANSI 936")), ACCEPT, encoding="GBK"),
    Upload("cpg in upper case", entries({f"roads{'.CPG' if s == '.cpg' else s}": c for s, c in GOOD.items()}), ACCEPT, encoding="GBK"),
    Upload("cpg of 65001", in_zip(parts(cpg=b"65001", table=named_dbf(encoding="utf-8"))), ACCEPT, encoding="UTF-8"),
    Upload("cpg of nonsense", in_zip(parts(cpg=b"SYSTEM")), WARN, "ENCODING_GUESSED", encoding="GB18030"),
    Upload("UTF-8 unsaid", in_zip(parts(cpg=None, table=named_dbf(encoding="utf-8"))), WARN, "ENCODING_GUESSED", encoding="UTF-8"),
    Upload("UTF-8 called GBK", in_zip(parts(cpg=b"GBK", table=named_dbf(["园区七公", "水岸", "横路"], encoding="utf-8"))), WARN, "ENCODING_CONTRADICTED"),
    Upload("a German table", in_zip(parts(cpg=None, table=text_dbf([w.encode("cp1252") for w in ("Straße", "Müllerhof", "Grünfläche")]))), WARN, "ENCODING_GUESSED", encoding="CP1252"),
    Upload("plain ASCII", in_zip(parts(cpg=None, table=text_dbf([b"a", b"b", b"c"]))), ACCEPT),
    Upload("text cut in a character", in_zip(parts(table=text_dbf([CUT_NAME, b"ab", b"cd"], width=9))), WARN, "TEXT_CUT"),
    Upload("UTF-8 text cut in a character", in_zip(parts(cpg=b"UTF-8", table=text_dbf(["规划横三".encode()[:10], "园区".encode(), b"x"], width=10))), WARN, "TEXT_CUT"),
    Upload("text lost before", in_zip(parts(cpg=b"UTF-8", table=text_dbf(LOST))), WARN, "ENCODING_LOST"),
    Upload("a damaged byte in UTF-8", in_zip(parts([box(X + i, Y, X + i + 1, Y + 1) for i in range(12)], cpg=b"UTF-8", table=text_dbf([f"规划路{i}".encode() for i in range(11)] + ["园".encode() + b"\xff" + "区".encode()]))), WARN, "ENCODING_CONTRADICTED ENCODING_LOST"),
    Upload("Chinese column names", in_zip(parts(table=dbf([("道路名称编号".encode("gbk")[:10], "C", 20, 0)], [["路".encode("gbk")]] * 3))), ACCEPT),
    Upload("one column name twice", in_zip(parts(table=dbf([(b"NAME", "C", 9, 0)] * 2, [[b"a", b"b"]] * 3))), REJECT, "DUPLICATE_FIELD"),
    Upload("one column name twice, settled", in_zip(parts(table=dbf([(b"NAME", "C", 9, 0)] * 2, [[b"a", b"b"]] * 3))), WARN, "DUPLICATE_FIELD", Choices(columns={"NAME (2)": ""})),
    # --- tables whose bytes are damaged
    Upload("a column without a name", in_zip(patched(GOOD, ".dbf", 32, b"\0")), REJECT, "CORRUPT"),
    Upload("a column of no type", in_zip(patched(GOOD, ".dbf", 32 + 11, b"?")), REJECT, "CORRUPT"),
    Upload("rows shifted by a byte", in_zip(GOOD | {".dbf": GOOD[".dbf"][:100] + b"x" + GOOD[".dbf"][100:]}), REJECT, "CORRUPT"),
    Upload("a number that is none", in_zip(parts(table=dbf([(b"A", "N", 5, 0)], [[b"1"], [b"2x"], [b"3"]]))), WARN, "BAD_NUMBER"),
    Upload("a date that is none", in_zip(parts(table=dbf([(b"A", "D", 8, 0)], [[b"20200101"], [b"20201301"], [b""]]))), WARN, "BAD_DATE"),
    Upload("content behind a zero byte", in_zip(parts(table=text_dbf([b"a\0b", b"c", b"d\0"]))), WARN, "TEXT_CUT"),
    Upload("control characters", in_zip(parts(table=text_dbf([b"a\x02b", b"c", b"d"]))), WARN, "ENCODING_LOST"),
    Upload("HTML, SQL and formulas as text", in_zip(parts(cpg=b"UTF-8", table=text_dbf([b"<script>", b"'; DROP TABLE x", "\u202e=1+1".encode()]))), ACCEPT),
    # --- archives
    Upload("a path out of the archive", entries({"../roads.shp": b"x"}), REJECT, "UNSAFE_PATH"),
    Upload("a path out with back-slashes", entries({"..\\..\\roads.shp": b"x"}), REJECT, "UNSAFE_PATH"),
    Upload("an absolute path", entries({"/etc/roads.shp": b"x"}), REJECT, "UNSAFE_PATH"),
    Upload("a drive's path", entries({"C:\\roads.shp": b"x"}), REJECT, "UNSAFE_PATH"),
    Upload("a symbolic link", symlink_zip, REJECT, "UNSAFE_PATH"),
    Upload("too many entries", entries({f"{i}.txt": b"" for i in range(1001)}), REJECT, "TOO_MANY_ENTRIES"),
    Upload("1,000 entries", entries(under("roads", GOOD) | {f"{i}.pdf": b"" for i in range(995)}), ACCEPT),
    Upload("one name that differs in case", entries(under("roads", GOOD) | {"ROADS.SHP": b"x"}), REJECT, "DUPLICATE_ENTRY"),
    Upload("an entry twice", lambda f: raw_zip(f, [(b"a.shp", b"x"), (b"a.shp", b"y")]), REJECT, "DUPLICATE_ENTRY"),
    Upload("encrypted", lambda f: raw_zip(f, [(b"a.shp", b"x" * 20)], flags=1), REJECT, "ENCRYPTED"),
    Upload("an unknown method", lambda f: raw_zip(f, [(b"a.shp", b"x" * 20)], method=9), REJECT, "UNSUPPORTED"),
    Upload("overlapping entries", overlapping_zip, REJECT, "CORRUPT"),
    Upload("a zip in a zip", entries(under("roads", GOOD) | {"old.zip": in_memory_zip({"a": b"b"})}), REJECT, "NESTED_ARCHIVE"),
    Upload("a hidden zip in a zip", entries(under("roads", GOOD) | {"old.dat": in_memory_zip({"a": b"b"})}), REJECT, "NESTED_ARCHIVE"),
    Upload("a flipped byte", flipped_zip, REJECT, "CORRUPT"),
    Upload("a zip cut off", cut_zip, REJECT, "CORRUPT"),
    Upload("a bomb", bomb, REJECT, "TOO_LARGE"),
    Upload("an empty zip", entries({}), REJECT, "NO_LAYER"),
    Upload("a zip of pictures", entries({"a.jpg": b"x"}), REJECT, "NO_LAYER"),
    Upload("a zip of a drawing", entries({"a.dwg": b"AC1015"}), REJECT, "UNSUPPORTED"),
    Upload("a RAR called zip", one("a.zip", b"Rar!\x1a\x07\x00" + bytes(40)), REJECT, "UNSUPPORTED"),
    Upload("a RAR", one("a.rar", b"Rar!\x1a\x07\x00" + bytes(40)), REJECT, "UNSUPPORTED"),
    Upload("a web page called zip", one("a.zip", b"<html>404</html>"), REJECT, "CORRUPT"),
    Upload("an empty file", one("a.zip", b""), REJECT, "CORRUPT"),
    Upload("no file at all", lambda f: f / "nothing.zip", REJECT, "NO_LAYER"),
    Upload("an empty folder", lambda f: f, REJECT, "NO_LAYER"),
    Upload("a folder with a link", lambda f: ((f / "a.shp").symlink_to("/etc/passwd"), f)[1], REJECT, "UNSAFE_PATH"),
    Upload("a drawing of AutoCAD", one("a.dwg", b"AC1015" + bytes(30)), REJECT, "UNSUPPORTED"),
    Upload("a PDF", one("a.pdf", b"%PDF-1.4"), REJECT, "UNSUPPORTED"),
    # --- other formats
    Upload("a GeoPackage of two layers", gpkg("a", "b"), REJECT, "SEVERAL_LAYERS"),
    Upload("a GeoPackage of two layers, one chosen", gpkg("a", "b"), ACCEPT, "", Choices(layer_name="b"), features=3),
    Upload("a GeoPackage that lies about its count", gpkg("a", claimed=7), REJECT, "COUNT_MISMATCH"),
    Upload("a GeoPackage of tables", gpkg("a", without_geometry=True), REJECT, "NO_LAYER"),
    Upload("a damaged GeoPackage", gpkg("a", damaged=True), REJECT, "CORRUPT"),
    Upload("a GeoPackage cut off", lambda f: (lambda p: (p.write_bytes(p.read_bytes()[:20000]), p)[1])(gpkg("a")(f)), REJECT, "CORRUPT"),
    Upload("text called GeoPackage", one("a.gpkg", b"hello"), REJECT, "CORRUPT"),
    Upload("a FlatGeobuf cut off", lambda f: (lambda p: (p.write_bytes(p.read_bytes()[:-150]), p)[1])(write_gdal(f, "a.fgb", "FlatGeobuf")), REJECT, "?"),
    Upload("text called FlatGeobuf", one("a.fgb", b"hello"), REJECT, "CORRUPT"),
    Upload("a Parquet file without geometry", lambda f: (pd.DataFrame({"a": [1]}).to_parquet(f / "a.parquet"), f / "a.parquet")[1], REJECT, "NO_LAYER"),
    Upload("a GeoParquet cut off", lambda f: (frame().to_parquet(f / "a.parquet"), one("a.parquet", (f / "a.parquet").read_bytes()[:-50])(f))[1], REJECT, "CORRUPT"),
    Upload("a geodatabase of two layers", geodatabase(names=("a", "b")), REJECT, "SEVERAL_LAYERS"),
    Upload("a KML without places", one("a.kml", kml("")), REJECT, "EMPTY_LAYER"),
    Upload("a KML with attributes in its descriptions", one("a.kml", described_kml("<tr><td>项目编号</td><td>X-1</td></tr><tr><td>备注</td><td>&lt;Null&gt;</td></tr>")), ACCEPT, "REPAIRED", features=1),
    Upload("a KML with HTML in its descriptions", one("a.kml", described_kml("<tr><td>一格</td></tr>")), ACCEPT, features=1),
    Upload("a KML of folders", one("a.kml", kml(f"<Folder><name>一</name>{placemark('a')}</Folder><Folder><name>二</name>{placemark('b')}</Folder>")), REJECT, "SEVERAL_LAYERS"),
    Upload("a KML with a letter in its coordinates", one("a.kml", kml(placemark("a")).replace(b"116.65", b"116x65")), REJECT, "CORRUPT"),
    Upload("a KML cut off", one("a.kml", kml(placemark("a"))[:-40]), REJECT, "CORRUPT"),
    Upload("a KML with entities", one("a.kml", b'<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml/>'), REJECT, "UNSUPPORTED"),
    Upload("HTML called KML", one("a.kml", b"<html></html>"), REJECT, "CORRUPT"),
    Upload("a KMZ without a document", one("a.kmz", in_memory_zip({"a.png": b"x"})), REJECT, "NO_LAYER"),
    Upload("DXF of two layers", one("a.dxf", DXF), REJECT, "SEVERAL_LAYERS"),
    Upload("DXF, one layer chosen", one("a.dxf", DXF), WARN, "MISSING_PRJ", Choices(layer_name="规划道路"), features=1, kind="LineString"),
    Upload("DXF of closed lines", one("a.dxf", ONE_DXF), WARN, "MISSING_PRJ REPAIRED", features=1, kind="Polygon", crs=None),
    Upload("DXF cut off", one("a.dxf", DXF[:-30]), REJECT, "CORRUPT"),
    Upload("binary DXF", one("a.dxf", b"AutoCAD Binary DXF\r\n\x1a\0" + bytes(40)), REJECT, "UNSUPPORTED"),
    Upload("text called DXF", one("a.dxf", b"hello"), REJECT, "CORRUPT"),
    # --- tables
    Upload("CSV with WKT", one("a.csv", csv_bytes([["name", "WKT"], ["路", SQUARES[0].wkt]])), WARN, "MISSING_PRJ", features=1, kind="Polygon"),
    Upload("CSV with EWKT", one("a.csv", csv_bytes([["name", "geom"], ["路", f"SRID=4548;{SQUARES[0].wkt}"]])), ACCEPT, crs="EPSG:4548"),
    Upload("CSV with longitude and latitude", one("a.csv", csv_bytes([["名称", "经度", "纬度"], ["园", "116.65", "35.42"]])), WARN, "MISSING_PRJ", features=1, kind="Point"),
    Upload("CSV with degrees, minutes and seconds", one("a.csv", csv_bytes([["名称", "经度", "纬度"], ["园", "116°39′00″", "35°25′12″"]])), WARN, "MISSING_PRJ"),
    Upload("CSV with a coordinate that is none", one("a.csv", csv_bytes([["名称", "x", "y"], ["园", "116.65", "35.42"], ["区", "?", "35"]])), WARN, "INVALID_GEOM MISSING_PRJ", features=2),
    Upload("CSV with a place missing", one("a.csv", csv_bytes([["名称", "x", "y"], ["园", "116.65", "35.42"], ["区", "", ""]])), WARN, "MISSING_PRJ NULL_GEOM", features=2),
    Upload("CSV from Excel in China", one("a.csv", csv_bytes([["项目名称", "经度", "纬度"], ["规划园区", "116.65", "35.42"]], "gbk")), WARN, "ENCODING_GUESSED MISSING_PRJ"),
    Upload("CSV with semicolons under a title", one("a.csv", f"道路台账\n编号;红线宽度;WKT\nR1;1,200;{SQUARES[0].wkt}\n".encode("gbk")), WARN, "MISSING_PRJ ENCODING_GUESSED", features=1, kind="Polygon"),
    Upload("CSV in UTF-16 with tabs", one("a.csv", "名称\t经度\t纬度\r\n园\t116.65\t35.42\r\n\r\n".encode("utf-16")), WARN, "MISSING_PRJ", features=1, encoding="UTF-16"),
    Upload("boundary points of a land survey", one("a.txt", "[属性描述]\n几度分带=3\n[地块坐标]\n4,0.5,DK01\nJ1,1,3921245.8,39468213.2\n".encode("gbk")), REJECT, "UNSUPPORTED"),
    Upload("CSV without geometry", one("a.csv", csv_bytes([["编号", "名称"], ["1", "路"]])), REJECT, "NO_LAYER"),
    Upload("CSV with only a header", one("a.csv", b"name,lon,lat\n"), REJECT, "EMPTY_LAYER"),
    Upload("CSV with an open quotation mark", one("a.csv", b'name,lon,lat\n"a,116,35\nb,116,35\n'), REJECT, "CORRUPT"),
    Upload("CSV with cells too many", one("a.csv", b"name,lon,lat\na,116.6,35.4,oops\n"), REJECT, "CORRUPT MISSING_PRJ"),
    Upload("bytes called CSV", one("a.csv", bytes(200)), REJECT, "CORRUPT"),
    Upload("XLSX with coordinates", lambda f: write_xlsx(f, {"项目": [["名称", "经度", "纬度"], ["园", "116.65", "35.42"]]}), WARN, "MISSING_PRJ", features=1),
    Upload("XLSX with a title line", lambda f: write_xlsx(f, {"项目": [["重点项目台账"], ["名称", "经度", "纬度"], ["园", "116.65", "35.42"]]}), WARN, "MISSING_PRJ", features=1),
    Upload("XLSX with a row of totals", lambda f: write_xlsx(f, {"项目": [["名称", "投资", "经度", "纬度"], ["园", "3", "116.65", "35.42"], ["合 计", "3", None, None]]}), WARN, "MISSING_PRJ REPAIRED", features=1),
    Upload("XLSX whose sheets wait for a choice", lambda f: write_xlsx(f, {year: [["名称", "经度", "纬度"], ["园", "116.65", "35.42"]] for year in ("2019", "2020")}), REJECT, "SEVERAL_LAYERS"),
    Upload("XLSX without geometry", lambda f: write_xlsx(f, {"项目": [["编号", "名称"], ["1", "园"]]}), REJECT, "NO_LAYER"),
    Upload("text called XLSX", one("a.xlsx", b"hello"), REJECT, "CORRUPT"),
    Upload("a zip called XLSX", one("a.xlsx", in_memory_zip({"a": b"b"})), REJECT, "CORRUPT"),
]  # fmt: skip


def read(upload: Upload, tmp_path: Path) -> Reading:
    files, staging = tmp_path / "files", tmp_path / "staging"
    files.mkdir()
    staging.mkdir()
    return read_here(upload.make(files), upload.choices, staging)


@pytest.mark.parametrize("upload", TABLE, ids=lambda upload: upload.name)
def test_an_upload_has_the_outcome_and_the_codes_of_the_table(upload: Upload, tmp_path: Path) -> None:
    reading = read(upload, tmp_path)

    codes = {finding.code for finding in reading.findings}
    said = [f"{finding.code}: {finding.message.in_('en')}" for finding in reading.findings]
    assert reading.outcome == upload.outcome, said
    if upload.codes != "?":
        assert codes == set(upload.codes.split()), said
    if reading.outcome != REJECT:
        assert reading.frame is not None
        assert len(reading.frame) == reading.layers[0].features
        assert len(reading.layers) == 1
    if upload.features is not None:
        assert [layer.features for layer in reading.layers] == [upload.features]
    for expected, name in ((upload.crs, "crs"), (upload.encoding, "encoding"), (upload.kind, "geometry_type")):
        if expected != "?":
            assert getattr(reading.layers[0], name) == expected
    for finding in reading.findings:
        for language in ("en", "zh"):
            message = finding.message.in_(language)
            assert message
            assert not {"Traceback", "GDAL", "pyogrio", "Exception", "Error:"} & set(message.replace(":", " ").split())
            assert str(tmp_path) not in message
            assert not any(unicodedata.category(each) in ("Cc", "Cf") for each in message)
    json.dumps(reading.to_json("zh"))


def test_the_table_names_every_upload_once_and_is_long_enough() -> None:
    names = [upload.name for upload in TABLE]
    assert len(names) == len(set(names))
    assert len(names) >= 150
