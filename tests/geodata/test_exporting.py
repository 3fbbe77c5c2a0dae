"""Exports hold what the store holds; backups bring a whole store back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pyogrio
import pytest
import shapely

from geodata.backup import restore_backup, write_backup
from geodata.choices import Choices
from geodata.content import content_hash
from geodata.errors import RefusedError
from geodata.exporting import ExportError, original, original_name, safe_cell, template, to_bytes, write_export
from geodata.reading import read_table, read_upload
from geodata.schema import LAYERS, schema_of
from geodata.settings import Settings
from geodata.store import Store
from geodata.verify import is_ok, verify
from tests.geodata.publishing import ROWS, checked, open_store, publish_parks, write_parks


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "data")


@pytest.fixture
def version(store: Store, tmp_path: Path) -> Any:
    rows = [{**row, "board": "蓼河新区"} for row in ROWS]
    return publish_parks(store, write_parks(tmp_path / "a.gpkg", rows, remark=["=1+1", *["x"] * 9]), sample=True)


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "fgb", "parquet"])
def test_full_formats_carry_the_field_names_and_every_coordinate(
    store: Store, version: Any, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"out.{ending}"
    assert write_export(store, version, path) == 10
    read = (geopandas.read_parquet(path) if ending == "parquet" else geopandas.read_file(path)).sort_values("park_id")
    stored = store.read("parks")
    assert read["park_id"].tolist() == stored["park_id"].tolist()
    assert read["board"].tolist() == stored["board"].tolist()
    assert read.crs.to_epsg() == 4490
    ours, theirs = shapely.normalize(stored.geometry.to_numpy()), shapely.normalize(read.geometry.to_numpy())
    assert shapely.equals_exact(ours, theirs, 1e-9).all()


def test_an_export_in_another_system_has_its_coordinates(store: Store, version: Any, tmp_path: Path) -> None:
    write_export(store, version, tmp_path / "out.gpkg", crs="4527")
    read = geopandas.read_file(tmp_path / "out.gpkg")
    assert read.crs.to_epsg() == 4527
    assert 39_000_000 < read.total_bounds[0] < 40_000_000


@pytest.mark.parametrize("ending", ["zip", "shp"])
def test_a_shapefile_has_short_names_in_gbk_and_can_be_published_again_without_change(
    store: Store, version: Any, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"parks.{ending}"
    write_export(store, version, path)
    check = checked(store, path)
    assert check.diff is not None
    assert check.diff.is_empty, check.diff.attributes_changed
    if ending == "shp":
        names = (tmp_path / "parks_names.csv").read_text("utf-8-sig")
        assert "PARK_ID,park_id,园区编号,Park no." in names
        assert "示例数据" in names


def test_formulas_in_tables_are_text(store: Store, version: Any, tmp_path: Path) -> None:
    write_export(store, version, tmp_path / "out.csv")
    assert pd.read_csv(tmp_path / "out.csv")["remark"].iloc[0] == "'=1+1"
    write_export(store, version, tmp_path / "out.xlsx")
    assert pyogrio.read_dataframe(tmp_path / "out.xlsx", HEADERS="FORCE")["remark"].iloc[0] == "=1+1"
    assert safe_cell("+8") == "'+8"
    assert safe_cell(-8) == -8


def test_an_unknown_ending_or_system_is_refused_with_what_is_known(store: Store, version: Any, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.gpkg"):
        write_export(store, version, tmp_path / "out.doc")
    with pytest.raises(ExportError, match="EPSG"):
        write_export(store, version, tmp_path / "out.gpkg", crs="nonsense")
    assert not (tmp_path / "out.gpkg").exists()


def test_an_export_that_fails_leaves_the_old_file_and_nothing_else(
    store: Store, version: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "exports" / "out.gpkg"
    path.parent.mkdir()
    write_export(store, version, path)
    before = path.read_bytes()

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pyogrio, "write_dataframe", fail)
    with pytest.raises(OSError, match="No space"):
        write_export(store, version, path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("ending", ["gpkg", "zip", "xlsx"])
@pytest.mark.parametrize("layer", LAYERS)
def test_templates_are_empty_files_with_the_fields(layer: str, ending: str, tmp_path: Path) -> None:
    schema, settings = LAYERS[layer], Settings(data_dir=tmp_path / "data")
    path = tmp_path / f"template.{ending}"
    path.write_bytes(template(schema, ending))
    if ending == "xlsx":
        read = read_table(path, choices=Choices(), settings=settings)
        names = [field.zh for field in schema.fields] + (["经度", "纬度"] if schema.geometry == "Point" else [])
    else:
        read = read_upload(path, choices=Choices(), settings=settings)
        names = [field.dbf if ending == "zip" else field.name for field in schema.fields]
    assert [info.fields for info in read.layers] == [names]
    assert [finding.code for finding in read.findings] == ["EMPTY_LAYER"]


def test_downloads_are_the_same_bytes_as_the_files(store: Store, version: Any, tmp_path: Path) -> None:
    assert original(store, version) == (tmp_path / "a.gpkg").read_bytes()
    assert original_name(version) == "a.gpkg"
    assert to_bytes(store, version, "geojson").startswith(b"{")


@pytest.mark.usefixtures("version")
def test_a_backup_brings_the_whole_store_back(store: Store, tmp_path: Path) -> None:
    publish_parks(store, write_parks(tmp_path / "b.gpkg"), accept_warnings=True, accept_loss=True)
    assert write_backup(store, tmp_path / "backup") == 4
    other = open_store(tmp_path / "other")
    assert restore_backup(other, tmp_path / "backup") == 2
    assert other.current() == store.current()
    assert other.audit().equals(store.audit())
    assert is_ok(verify(other))
    assert content_hash(other.read("parks"), schema_of("parks")) == store.current()["parks"].content_hash


@pytest.mark.usefixtures("version")
def test_a_backup_goes_only_to_an_empty_folder_and_comes_only_into_an_empty_store(store: Store, tmp_path: Path) -> None:
    write_backup(store, tmp_path / "backup")
    with pytest.raises(RefusedError, match="not empty"):
        write_backup(store, tmp_path / "backup")
    with pytest.raises(RefusedError, match="not empty"):
        restore_backup(store, tmp_path / "backup")
    with pytest.raises(RefusedError, match="no backup"):
        restore_backup(open_store(tmp_path / "new"), tmp_path)
