"""A published version as a collection of features: what a question selects, and the features as GeoJSON."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geodata.catalogue import Version
from geodata.i18n import Text, text
from geodata.schema import EXISTING, Field, Kind, LayerSchema, schema_of
from geodata.store import Store
from layers.ogc.references import CRS84, REFERENCES, Area, QueryError, Shapes, in_order_of_axes, project

Rows = npt.NDArray[np.intp]

_CHINA = timezone(timedelta(hours=8))
"""A day of a layer is a day in China; an instant with another offset is put into it."""
_OPEN = ("", "..")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})T?")
"""A whole day; GDAL 3.12 writes one with a T and no time behind it."""
_TRUE, _FALSE = {"true", "1", "是"}, {"false", "0", "否"}


@dataclass(frozen=True, eq=False)
class Collection:
    """A version and its clean frame; neither is ever changed, so that what is worked out once holds."""

    version: Version
    frame: GeoDataFrame

    @property
    def schema(self) -> LayerSchema:
        """The schema of its layer."""
        return schema_of(self.version.layer)

    @cached_property
    def columns(self) -> list[str]:
        """Its properties: the fields of the schema, then the columns that the schema does not know."""
        return [str(column) for column in self.frame.columns if column != self.frame.geometry.name]

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The fields of the schema by name."""
        return {field.name: field for field in self.schema.fields}

    @cached_property
    def date_fields(self) -> list[str]:
        """Every field that holds a day."""
        return [field.name for field in self.schema.fields if field.kind is Kind.DATE]

    @cached_property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """(west, south, east, north) in degrees; None where no row has a shape."""
        west, south, east, north = (float(edge) for edge in self.frame.total_bounds)
        return (west, south, east, north) if np.isfinite(west) else None

    @cached_property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day of any date field: the first is None where something is 现状, both without any."""
        known = [day for name in self.date_fields for day in self.frame[name].dropna().unique()]
        later = [day for day in known if day != EXISTING]
        first = min(later).date() if later and len(later) == len(known) else None
        return first, max(later).date() if later else None

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Key → row number."""
        return {str(key): row for row, key in enumerate(self.frame[self.schema.key])}

    def rows(
        self,
        *,
        area: Area | None = None,
        during: str | None = None,
        where: Sequence[tuple[str, str]] = (),
        order: Sequence[tuple[str, bool]] = (),
    ) -> Rows:
        """Row numbers of the features that a question selects.

        Parameters
        ----------
        area : features that intersect it, in its own CRS
        during : the standard's `datetime`, an instant or an interval; features one of whose dates falls in it
        where : (property, value as written); features that have just this value
        order : (property, whether descending), the first counts most; by key without any

        Raises
        ------
        QueryError
            The time or a value can't be read, or the layer has no dates.
        """
        selected = np.ones(len(self.frame), dtype=bool)
        if area is not None:
            inside = np.zeros(len(self.frame), dtype=bool)
            inside[self._tree_in(area.projected).query(area.shape, predicate="intersects")] = True
            selected &= inside
        if during is not None:
            selected &= self._during(during)
        for name, written in where:
            selected &= self._equal(name, written)
        rows: Rows = np.flatnonzero(selected)
        if order and len(rows):
            keys = self.frame.iloc[rows].reset_index(drop=True)
            for name, descending in reversed(order):
                keys = keys.sort_values(name, ascending=not descending, kind="stable")
            rows = rows[keys.index.to_numpy()]
        return rows

    def features(
        self, rows: Rows | Sequence[int], *, crs: str = CRS84, properties: Sequence[str] = (), geometry: bool = True
    ) -> list[str]:
        """Features as GeoJSON texts, in the order of `rows`.

        Parameters
        ----------
        crs : URI of a CRS on offer
        properties : those to give, all without any
        geometry : whether shapes are given
        """
        part = self.frame.iloc[list(rows)]
        names = [name for name in self.columns if not properties or name in properties]
        columns = [_json_values(part[name]) for name in names]
        reference = REFERENCES[crs]
        shapes = in_order_of_axes(self._shapes_in(reference.projected)[list(rows)], reference)
        written = shapely.to_geojson(shapes) if geometry else [None] * len(rows)
        keys = part[self.schema.key].astype(str)
        rows_of_values: Iterable[tuple[Any, ...]] = zip(*columns, strict=True) if columns else [()] * len(rows)
        return [
            f'{{"type":"Feature","id":{_json(key)},"geometry":{shape or "null"},'
            f'"properties":{_json(dict(zip(names, values, strict=True)))}}}'
            for key, shape, values in zip(keys, written, rows_of_values, strict=True)
        ]

    @cached_property
    def _projected(self) -> dict[str | None, Shapes]:
        return {}

    @cached_property
    def _trees(self) -> dict[str | None, shapely.STRtree]:
        return {}

    def _shapes_in(self, projected: str | None) -> Shapes:
        """Every shape in degrees or a projected CRS, x first; worked out once."""
        if projected not in self._projected:
            self._projected[projected] = project(self.frame.geometry.to_numpy(), projected)
        return self._projected[projected]

    def _tree_in(self, projected: str | None) -> shapely.STRtree:
        """The spatial index in degrees or a projected CRS; built once."""
        if projected not in self._trees:
            self._trees[projected] = shapely.STRtree(self._shapes_in(projected))
        return self._trees[projected]

    def _during(self, asked: str) -> npt.NDArray[np.bool_]:
        if not self.date_fields:
            raise QueryError(text("datetime: layer “{layer}” has no dates.", layer=self.version.layer))
        first, last = read_interval(asked)
        matches = np.zeros(len(self.frame), dtype=bool)
        for name in self.date_fields:
            values = self.frame[name]
            within = values.notna()
            if first is not None:
                within &= values >= pd.Timestamp(first)
            if last is not None:
                within &= values <= pd.Timestamp(last)
            matches |= within.to_numpy(dtype=bool)
        return matches

    def _equal(self, name: str, written: str) -> npt.NDArray[np.bool_]:
        values = self.frame[name]
        field = self.fields.get(name)
        if field is None:
            return np.array([_as_written(value) == written for value in _json_values(values)], dtype=bool)
        try:
            value = _READ[field.kind](written)
        except (ValueError, OverflowError) as error:
            raise QueryError(
                text(
                    "{field}: “{value}” is no {kind}; write {example}.",
                    field=name,
                    value=written,
                    kind=_KIND_NAMES[field.kind],
                    example=_EXAMPLES[field.kind],
                )
            ) from error
        equal: npt.NDArray[np.bool_] = (values == value).fillna(False).to_numpy(dtype=bool)
        return equal


class Collections:
    """The current version of each layer as a collection, each read once; a version that is replaced is let go."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Collection] = {}
        self._lock = threading.Lock()

    def of(self, store: Store, version: Version) -> Collection:
        """The collection of a version.

        Raises
        ------
        StoreError
            It can't be read.
        """
        place = str(store.folder), version.layer
        with self._lock:
            known = self._known.get(place)
            if known is None or (known.version.number, known.version.content_hash) != (
                version.number,
                version.content_hash,
            ):
                known = self._known[place] = Collection(version, store.read_version(version))
            return known


def read_interval(asked: str) -> tuple[date | None, date | None]:
    """First and last day of the standard's `datetime`: `2019-05-01`, `2019-01-01/2019-12-31`, `../2019-12-31`.

    None stands for an open end. Instants with a time and an offset count as the day it is then in China.

    Raises
    ------
    QueryError
        It can't be read, or it ends before it begins.
    """
    begin, slash, end = asked.partition("/")
    ends = (begin, end) if slash else (begin, begin)
    try:
        if not slash and begin in _OPEN:
            raise ValueError("an instant is never open")
        first, last = (None if written in _OPEN else _read_day(written) for written in ends)
        if first and last and first > last:
            raise ValueError("it ends before it begins")
    except (ValueError, OverflowError) as error:
        raise QueryError(
            text(
                "datetime: “{asked}” is not a day or an interval, as 2019-05-01, 2019-01-01/2019-12-31 or"
                " ../2019-12-31.",
                asked=asked,
            )
        ) from error
    return first, last


def _read_day(written: str) -> date:
    if day := _DAY.fullmatch(written):
        return date.fromisoformat(day[1])
    # A plus sign in an address that was not escaped arrives as a space.
    instant = datetime.fromisoformat(written.replace(" ", "+"))
    return (instant if instant.tzinfo is None else instant.astimezone(_CHINA)).date()


def _read_flag(written: str) -> bool:
    if written.lower() not in _TRUE | _FALSE:
        raise ValueError(written)
    return written.lower() in _TRUE


_READ: Mapping[Kind, Callable[[str], Any]] = {
    Kind.TEXT: str,
    Kind.CODE: str,
    Kind.DATE: lambda written: pd.Timestamp(date.fromisoformat(written)),
    Kind.NUMBER: float,
    Kind.INTEGER: int,
    Kind.FLAG: _read_flag,
}
_KIND_NAMES: Mapping[Kind, Text] = {
    Kind.DATE: text("day"),
    Kind.NUMBER: text("number"),
    Kind.INTEGER: text("whole number"),
    Kind.FLAG: text("truth value"),
}
_EXAMPLES: Mapping[Kind, str] = {
    Kind.DATE: "2019-05-01",
    Kind.NUMBER: "12.5",
    Kind.INTEGER: "12",
    Kind.FLAG: "true / false",
}


def _json_values(values: pd.Series[Any]) -> list[Any]:
    """The values as JSON knows them: days as YYYY-MM-DD, nothing for null and what is not finite."""
    if pd.api.types.is_datetime64_any_dtype(values):
        if values.dt.tz is None and (values.dropna() == values.dropna().dt.normalize()).all():
            written = np.datetime_as_string(values.to_numpy().astype("datetime64[D]"))
            return [None if day == "NaT" else str(day) for day in written]
        return [None if pd.isna(value) else value.isoformat() for value in values]
    if pd.api.types.is_float_dtype(values):
        return [value if np.isfinite(value) else None for value in values.astype("float64").tolist()]
    return [_json_value(value) for value in values.tolist()]


def _json_value(value: Any) -> Any:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if isinstance(value, bool | int | str) else str(value)


def _as_written(value: Any) -> str | None:
    """How a value of a column that the schema does not know is written in an address."""
    return value if value is None or isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
