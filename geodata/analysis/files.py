"""Conflicts in words, and as a file for GIS applications."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyogrio
from geopandas import GeoDataFrame

from geodata.analysis.conflicts import HEADINGS, state_label
from geodata.i18n import Language, Text
from geodata.schema import LAND_USES, LAYERS, ROAD_CLASSES


def words_of(conflicts: GeoDataFrame, language: Language) -> pd.DataFrame:
    """The table of conflicts with layers, states and codes in words; "" for what there is not."""
    rows = pd.DataFrame(conflicts.drop(columns="geometry"))
    titles = {name: layer.title for name, layer in LAYERS.items()}
    codes = {"layer": titles, "other_layer": titles, "land_use": LAND_USES, "road_class": ROAD_CLASSES}
    for column, names in codes.items():
        rows[column] = [_said(names, value, language) for value in rows[column]]
    states = zip(conflicts["layer"], conflicts["state"], strict=True)
    rows["state"] = [state_label(layer, state).in_(language) for layer, state in states]
    others = [column for column in HEADINGS if column not in ("state", *codes)]
    rows[others] = rows[others].astype(object).where(rows[others].notna(), "")
    return rows


def _said(names: dict[str, Text], value: object, language: Language) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    code = str(value)
    name = names.get(code) or names.get(code[:2])
    return code if name is None else name.in_(language)


def to_geopackage(conflicts: GeoDataFrame, layer: str, measures: Sequence[str], description: str) -> bytes:
    """The conflicts as a GeoPackage, EPSG:4490, with the columns of `HEADINGS` and those of `measures`.

    Parameters
    ----------
    description : what they were made of; it stands in the file's metadata and in every row
    """
    columns = [*HEADINGS, *measures, *(name for name in ("is_new",) if name in conflicts), "geometry"]
    rows = conflicts[columns].assign(source=description)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "conflicts.gpkg"
        pyogrio.write_dataframe(
            rows, path, driver="GPKG", layer=layer, geometry_type="Unknown", layer_metadata={"DESCRIPTION": description}
        )
        return path.read_bytes()
