"""Uploads made in code, byte by byte where they are to be wrong."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

X, Y = 468213.0, 3921245.0
"""A place in the district, in EPSG:4548."""
SQUARES = [box(X + 100 * i, Y, X + 100 * i + 90, Y + 90) for i in range(3)]
NAMES = ["规划横三路", "纵二河片区", "园区七公园"]
PRJ_4548 = CRS.from_epsg(4548).to_wkt("WKT1_ESRI").encode()


def ring(*points: tuple[float, float]) -> Sequence[tuple[float, float]]:
    return points


def record(shape: object, kind: int) -> bytes:
    """Content of one record; `shape` is a geometry, None, raw bytes, or a list of rings of points."""
    if isinstance(shape, bytes):
        return shape
    if shape is None:
        return struct.pack("<i", 0)
    if isinstance(shape, Point):
        z = struct.pack("<2d", 5.0, 0.0) if kind == 11 else b""
        return struct.pack("<i2d", kind, shape.x, shape.y) + z
    rings = shape if isinstance(shape, list) else rings_of(shape)
    points = [point for each in rings for point in each]
    starts = [sum(len(each) for each in rings[:n]) for n in range(len(rings))]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    body = struct.pack("<i4d2i", kind, min(xs), min(ys), max(xs), max(ys), len(rings), len(points))
    body += struct.pack(f"<{len(starts)}i", *starts)
    body += b"".join(struct.pack("<2d", *point[:2]) for point in points)
    if kind in (13, 15):
        body += struct.pack("<2d", 7.0, 7.0) + struct.pack(f"<{len(points)}d", *[7.0] * len(points))
    return body


def rings_of(shape: BaseGeometry) -> list[list[tuple[float, float]]]:
    if isinstance(shape, LineString):
        return [list(shape.coords)]
    polygons = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    rings = []
    for polygon in polygons:
        oriented = shapely.orient_polygons(polygon, exterior_cw=True)
        rings += [list(oriented.exterior.coords), *(list(hole.coords) for hole in oriented.interiors)]
    return rings


def shp(shapes: Sequence[object], kind: int = 5) -> tuple[bytes, bytes]:
    """The bytes of a `.shp` and of its `.shx`."""
    contents = [record(shape, kind) for shape in shapes]
    body, index, at = b"", b"", 100
    for number, content in enumerate(contents, start=1):
        head = struct.pack(">2i", number, len(content) // 2)
        index += struct.pack(">2i", at // 2, len(content) // 2)
        body += head + content
        at += 8 + len(content)
    box_ = (0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0)

    def header(size: int) -> bytes:
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, size // 2) + struct.pack("<2i8d", 1000, kind, *box_)

    return header(100 + len(body)) + body, header(100 + len(index)) + index


def dbf(
    fields: Sequence[tuple[bytes, str, int, int]],
    rows: Sequence[Sequence[bytes]],
    *,
    language: int = 0,
    deleted: Sequence[int] = (),
    claimed: int | None = None,
) -> bytes:
    size = 1 + sum(width for _, _, width, _ in fields)
    count = len(rows) if claimed is None else claimed
    head = struct.pack("<4BIHH", 3, 120, 1, 1, count, 33 + 32 * len(fields), size)
    head += bytes(17) + bytes([language]) + bytes(2)
    for name, kind, width, decimals in fields:
        head += name[:11].ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([width, decimals]) + bytes(14)
    body = b""
    for number, row in enumerate(rows):
        body += b"*" if number in deleted else b" "
        for (_, kind, width, _), value in zip(fields, row, strict=True):
            body += value.rjust(width)[:width] if kind in "NF" else value.ljust(width)[:width]
    return head + b"\r" + body + b"\x1a"


def named_dbf(names: Sequence[str] = NAMES, encoding: str = "gbk", width: int = 40, **options: object) -> bytes:
    fields = [(b"NAME", "C", width, 0), (b"WIDTH_M", "N", 10, 2)]
    return dbf(fields, [[name.encode(encoding), b"12.50"] for name in names], **options)  # type: ignore[arg-type]


def parts(
    shapes: Sequence[object] = SQUARES,
    kind: int = 5,
    *,
    table: bytes | None = None,
    prj: bytes | None = PRJ_4548,
    cpg: bytes | None = b"GBK",
    without: Sequence[str] = (),
) -> dict[str, bytes]:
    """Suffix → bytes of a shapefile, good unless told otherwise."""
    main, index = shp(shapes, kind)
    files = {
        ".shp": main,
        ".shx": index,
        ".dbf": named_dbf([NAMES[i % 3] for i in range(len(shapes))]) if table is None else table,
    }
    if prj is not None:
        files[".prj"] = prj
    if cpg is not None:
        files[".cpg"] = cpg
    return {suffix: content for suffix, content in files.items() if suffix not in without}


def write_parts(folder: Path, files: Mapping[str, bytes], stem: str = "roads") -> Path:
    for suffix, content in files.items():
        (folder / f"{stem}{suffix}").write_bytes(content)
    return folder / f"{stem}.shp"


def write_zip(
    folder: Path, entries: Mapping[str, bytes] | Sequence[tuple[str, bytes]], name: str = "upload.zip"
) -> Path:
    pairs = list(entries.items()) if isinstance(entries, Mapping) else list(entries)
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in pairs:
            archive.writestr(zipfile.ZipInfo(entry), content, compress_type=zipfile.ZIP_DEFLATED)
    return path


def zipped(folder: Path, files: Mapping[str, bytes], stem: str = "roads") -> Path:
    return write_zip(folder, {stem + suffix: content for suffix, content in files.items()})


def raw_zip(folder: Path, entries: Sequence[tuple[bytes, bytes]], *, flags: int = 0, method: int = 0) -> Path:
    """A zip written by hand: names as bytes, any flags and method; stored."""
    import zlib

    body, directory = b"", b""
    for name, content in entries:
        crc = zlib.crc32(content)
        common = struct.pack("<HHHHHIIIHH", 20, flags, method, 0, 33, crc, len(content), len(content), len(name), 0)
        directory += b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        body += b"PK\3\4" + common + name + content
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    path = folder / "raw.zip"
    path.write_bytes(body + directory + end)
    return path


def frame(crs: str | None = "EPSG:4548", shapes: Sequence[BaseGeometry] = SQUARES) -> gpd.GeoDataFrame:
    columns = {"NAME": [NAMES[i % 3] for i in range(len(shapes))], "WIDTH_M": [12.5] * len(shapes)}
    layer = gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4548")
    return layer if crs == "EPSG:4548" else layer.to_crs(crs)


def write_gdal(folder: Path, name: str, driver: str, *, crs: str = "EPSG:4548", layer: str | None = None) -> Path:
    path = folder / name
    pyogrio.write_dataframe(frame(crs), path, driver=driver, layer=layer)
    return path


def write_xlsx(folder: Path, sheets: Mapping[str, Sequence[Sequence[str | None]]], name: str = "table.xlsx") -> Path:
    """A minimal workbook of inline texts, as any office program may write it."""
    path = folder / name
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    listed = "".join(f'<sheet name="{s}" sheetId="{i}" r:id="rId{i}"/>' for i, s in enumerate(sheets, 1))
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{kinds}.worksheet+xml"/>'
                for i in range(1, len(sheets) + 1)
            )
            + "</Types>",
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>'
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">'
            + "".join(
                f'<Relationship Id="rId{i}" Type="{office}/worksheet" Target="worksheets/sheet{i}.xml"/>'
                for i in range(1, len(sheets) + 1)
            )
            + "</Relationships>",
        )
        for i, rows in enumerate(sheets.values(), 1):
            cells = "".join(
                f'<row r="{r}">'
                + "".join(
                    f'<c r="{chr(65 + c)}{r}" t="inlineStr"><is><t>{value}</t></is></c>'
                    for c, value in enumerate(row)
                    if value is not None
                )
                + "</row>"
                for r, row in enumerate(rows, 1)
            )
            book.writestr(
                f"xl/worksheets/sheet{i}.xml", f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
            )
    return path


DXF_HEAD = (
    "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n9\n$DWGCODEPAGE\n3\nANSI_936\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n"
)
DXF_TAIL = "0\nENDSEC\n0\nEOF\n"


def polyline(layer: str, *, closed: bool) -> str:
    corners = "".join(f"10\n{x}\n20\n{y}\n" for x, y in ((X, Y), (X + 90, Y), (X + 90, Y + 90), (X, Y + 90)))
    return f"0\nLWPOLYLINE\n8\n{layer}\n100\nAcDbEntity\n100\nAcDbPolyline\n90\n4\n70\n{int(closed)}\n{corners}"


def kml(placemarks: str, *, encoding: str = "UTF-8") -> bytes:
    document = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>规划</name>{placemarks}</Document></kml>"
    )
    return document.encode("gb18030" if encoding.lower().startswith("gb") else "utf-8")


def placemark(name: str, lon: float = 116.65, lat: float = 35.42) -> str:
    return f"<Placemark><name>{name}</name><Point><coordinates>{lon},{lat}</coordinates></Point></Placemark>"


def in_memory_zip(entries: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def csv_bytes(rows: Sequence[Sequence[object]], encoding: str = "utf-8-sig") -> bytes:
    return pd.DataFrame(rows[1:], columns=list(rows[0])).to_csv(index=False).encode(encoding)


BOWTIE = Polygon([(X, Y), (X + 90, Y + 90), (X + 90, Y), (X, Y + 90)])
