"""Published layers as PostGIS tables, so that QGIS and ArcGIS connect to them (DESIGN §4). Copies, never truth.

Where the catalogue is PostgreSQL, `layer_<name>` holds every version of a layer (column `version`) and the view
`<name>_current` the current one: the layer's fields with their types, `other` with the columns that the schema does
not know as one JSON object, and `geometry` in EPSG:4490, multi-part throughout because clients want one type. The
rows of a version are written once, in the transaction that publishes it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd
import psycopg
import shapely
import sqlalchemy as sa
from geopandas import GeoDataFrame
from sqlalchemy.schema import CreateView

from geodata.catalogue import CURRENT
from geodata.content import attribute_columns, canonical
from geodata.errors import StoreError
from geodata.i18n import text
from geodata.schema import LAYERS, GeometryType, Kind, LayerSchema

SRID = 4490
_TYPES: dict[Kind, sa.types.TypeEngine[Any]] = {
    Kind.TEXT: sa.Text(),
    Kind.CODE: sa.Text(),
    Kind.DATE: sa.Date(),
    Kind.NUMBER: sa.Double(),
    Kind.INTEGER: sa.BigInteger(),
    Kind.FLAG: sa.Boolean(),
}
_MULTI = {
    "Polygon": shapely.multipolygons,
    "LineString": shapely.multilinestrings,
    "Point": shapely.multipoints,
}


class _Geometry(sa.types.UserDefinedType[str]):
    """A PostGIS column; no more of it is needed than its name."""

    def __init__(self, kind: GeometryType) -> None:
        self.kind = kind

    def get_col_spec(self, **_: Any) -> str:
        """Its type in `CREATE TABLE`."""
        return f"geometry(Multi{self.kind}, {SRID})"


def table_of(schema: LayerSchema) -> sa.Table:
    """The table with every version of a layer."""
    name = f"layer_{schema.name}"
    return sa.Table(
        name,
        sa.MetaData(),
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(field.name, _TYPES[field.kind]) for field in schema.fields),
        sa.Column("other", sa.Text),
        sa.Column("geometry", _Geometry(schema.geometry)),
        sa.UniqueConstraint("version", schema.key),
        sa.Index(f"{name}_geometry", "geometry", postgresql_using="gist"),
    )


def write_version(connection: sa.Connection, schema: LayerSchema, number: int, frame: GeoDataFrame) -> None:
    """Write the features of a version, as part of the caller's transaction.

    Parameters
    ----------
    frame : n rows, clean frame of `schema`

    Raises
    ------
    StoreError
        The database refused them; the transaction can't go on.
    """
    table = table_of(schema)
    _require_table(connection, table, schema)
    quoted = connection.dialect.identifier_preparer.quote
    names = ", ".join(quoted(column.name) for column in table.columns if column.name != "id")
    driver: psycopg.Connection | None = connection.connection.driver_connection
    assert driver is not None
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN".encode()) as copy:
            for row in _rows(frame, schema):
                copy.write_row((number, *row))
    except psycopg.Error as error:
        raise StoreError(
            text(
                "Layer “{layer}” could not be written to PostGIS ({reason}). Nothing was published; ask the"
                " administrator, then try again.",
                layer=schema.name,
                reason=error.diag.message_primary or type(error).__name__,
            )
        ) from error


def count_features(connection: sa.Connection) -> dict[tuple[str, int], int]:
    """How many features each version has in its layer's table: (layer, number) → count."""
    counted: dict[tuple[str, int], int] = {}
    for schema in LAYERS.values():
        table = table_of(schema)
        if not _columns(connection, table):
            continue
        rows = connection.execute(sa.select(table.c.version, sa.func.count()).group_by(table.c.version))
        counted |= {(schema.name, number): count for number, count in rows}
    return counted


def _require_table(connection: sa.Connection, table: sa.Table, schema: LayerSchema) -> None:
    """Make the table and its view where they are missing, and columns for fields that the schema has come to know."""
    present = _columns(connection, table)
    missing = [column for column in table.columns if column.name not in present]
    if not missing:
        return
    if not present:
        table.create(connection, checkfirst=False)
    else:
        for column in missing:
            name = connection.dialect.identifier_preparer.quote(column.name)
            kind = column.type.compile(connection.dialect)
            connection.execute(sa.text(f"ALTER TABLE {table.name} ADD COLUMN {name} {kind}"))
    # A view that is replaced keeps its columns in their places: the order in which the table came to have them.
    shown: list[sa.ColumnElement[Any]] = [sa.column(name) for name in _columns(connection, table)]
    number = sa.select(CURRENT.c.number).where(CURRENT.c.layer == schema.name).scalar_subquery()
    connection.execute(
        CreateView(
            sa.select(*shown).select_from(table).where(table.c.version == number),
            f"{schema.name}_current",
            or_replace=True,
        )
    )


def _columns(connection: sa.Connection, table: sa.Table) -> list[str]:
    """The columns that the table has in the database, in their order; none where there is no such table."""
    query = sa.text(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(:name) AND attnum > 0"
        " AND NOT attisdropped ORDER BY attnum"
    )
    return list(connection.execute(query, {"name": table.name}).scalars())


def _rows(frame: GeoDataFrame, schema: LayerSchema) -> Iterator[tuple[Any, ...]]:
    """The features as values for `COPY`: the fields of the schema, the other columns as JSON, the shape as EWKB."""
    known = [[_value(value) for value in frame[field.name]] for field in schema.fields]
    unknown = attribute_columns(frame, schema)[len(schema.fields) :]
    others = [_as_json(unknown, values) for values in zip(*(frame[name] for name in unknown), strict=True)]
    shapes = [_multi(shape, schema.geometry) for shape in frame.geometry]
    located = shapely.to_wkb(shapely.set_srid(shapes, SRID), hex=True, include_srid=True, output_dimension=2)
    return zip(*known, others or [None] * len(frame), located, strict=True)


def _value(value: Any) -> Any:
    """A value as PostgreSQL takes it: null as None, a day as a date, text without NUL, which it has no place for."""
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, str):
        return value.replace("\0", "")
    return value.item() if hasattr(value, "item") else value


def _as_json(names: list[Hashable], values: tuple[Any, ...]) -> str | None:
    """The values that are not null as one JSON object; None without any."""
    given = {
        str(name): value for name, raw in zip(names, values, strict=True) if (value := _json_value(raw)) is not None
    }
    return json.dumps(given, ensure_ascii=False) if given else None


def _json_value(value: Any) -> Any:
    """A value as JSON knows it: numbers of numpy as numbers, infinity and all else, days among it, as text."""
    value = canonical(value)
    value = value.item() if hasattr(value, "item") else value
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return value.isoformat().removesuffix("T00:00:00") if isinstance(value, pd.Timestamp) else str(value)


def _multi(shape: Any, geometry: GeometryType) -> Any:
    """The shape's parts of the layer's type as one multi-part shape; None of a missing one."""
    if shape is None:
        return None
    parts = shapely.get_parts(shapely.get_parts(shape))
    return _MULTI[geometry]([part for part in parts if part.geom_type == geometry])
