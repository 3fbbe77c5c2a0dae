"""The catalogue on PostgreSQL, and the tables in PostGIS that QGIS and ArcGIS connect to."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest
import sqlalchemy as sa
from shapely import LineString, MultiPolygon, Point, Polygon, box, from_wkb, normalize
from sqlalchemy.exc import SQLAlchemyError

from geodata import postgis
from geodata.backup import restore_backup, write_backup
from geodata.catalogue import AUDIT
from geodata.content import content_hash
from geodata.entries import save
from geodata.errors import StoreError
from geodata.publish import approve, publish, request, rollback
from geodata.sample.entries import build_targets
from geodata.schema import LAYERS, LayerSchema, schema_of
from geodata.store import Store
from geodata.verify import is_ok, verify
from tests.geodata.clean_frames import clean_frame
from tests.geodata.postgres import Server, name_of
from tests.geodata.publishing import ROWS, held, open_store, renamed, squares

pytestmark = pytest.mark.postgres


@pytest.fixture
def store(tmp_path: Path, postgres: Server) -> Store:
    return open_store(tmp_path / "data", database_url=postgres.new_database())


def ask(store: Store, query: str) -> list[Any]:
    """Rows as a client that knows nothing of us gets them."""
    url = store.settings.database_url
    assert url
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def write(store: Store, layer: str, number: int, frame: Any) -> None:
    with store.catalogue.write() as connection:
        postgis.write_version(connection, schema_of(layer), number, frame)


def test_every_version_is_in_the_table_and_the_view_shows_the_current_one(store: Store, tmp_path: Path) -> None:
    publish(store, held(store, tmp_path / "a"), by="张三")
    publish(store, held(store, tmp_path / "b", renamed("改名")), by="张三")
    assert ask(store, "SELECT version, count(*) FROM layer_parks GROUP BY version ORDER BY version") == [
        (1, 10),
        (2, 10),
    ]
    assert ask(store, "SELECT DISTINCT version, name FROM parks_current") == [(2, "改名")]
    rollback(store, "parks", 1, by="张三")
    assert ask(store, "SELECT version, park_id, name FROM parks_current ORDER BY park_id LIMIT 1") == [
        (3, "YQ-01", "园区1")
    ]
    assert verify(store) == []


def test_shapes_are_those_of_the_store_in_epsg_4490_with_an_index(store: Store, tmp_path: Path) -> None:
    shapes = [*squares(9), MultiPolygon([box(0, 500, 10, 510), box(20, 500, 30, 510)])]
    publish(store, held(store, tmp_path / "a", shapes=shapes), by="张三")
    rows = ask(store, "SELECT ST_AsBinary(geometry), ST_SRID(geometry) FROM parks_current ORDER BY park_id")
    stored = store.read("parks").geometry
    assert {srid for _, srid in rows} == {4490}
    for (found, _), shape in zip(rows, stored, strict=True):
        parts = shape.geoms if shape.geom_type == "MultiPolygon" else [shape]
        assert normalize(from_wkb(found)) == normalize(MultiPolygon(list(parts)))
    columns = "SELECT f_table_name, type, srid FROM geometry_columns ORDER BY 1"
    assert ask(store, columns) == [("layer_parks", "MULTIPOLYGON", 4490), ("parks_current", "MULTIPOLYGON", 4490)]
    indexes = ask(store, "SELECT indexdef FROM pg_indexes WHERE tablename = 'layer_parks'")
    assert any("USING gist (geometry)" in index for (index,) in indexes)


def test_values_keep_their_types_and_null_is_not_empty(store: Store) -> None:
    given = {
        "parcel_id": "P1",
        "land_use": "0701",
        "approved_on": date(2018, 3, 1),
        "started_on": date(1900, 1, 1),
        "built_share": 0.25,
        "inefficient": True,
        "holder": "山东“某某”\t公司\n二厂\\N\0",
        "delay_by": "",
    }
    frame = clean_frame("parcels", [given, {"parcel_id": "P2", "land_use": "08", "inefficient": False}], squares(2))
    write(store, "parcels", 1, frame)
    rows = ask(
        store,
        "SELECT parcel_id, land_use, approved_on, started_on, supplied_on, built_share, inefficient, holder, delay_by,"
        " other FROM layer_parcels ORDER BY parcel_id",
    )
    assert rows == [
        ("P1", "0701", date(2018, 3, 1), date(1900, 1, 1), None, 0.25, True, "山东“某某”\t公司\n二厂\\N", "", None),
        ("P2", "08", None, None, None, None, False, None, None, None),
    ]


def test_columns_that_the_schema_does_not_know_are_kept_as_json(store: Store) -> None:
    frame = clean_frame("parks", ROWS[:4], squares(4))
    frame.insert(3, "备注", pd.Series(["老厂", None, "", "x"], dtype="str"))
    frame.insert(4, "level", pd.Series([1, 2, None, 4], dtype="Int64"))
    frame.insert(5, "mixed", pd.Series([1.5, True, float("inf"), None], dtype=object))
    frame.insert(6, "seen_on", pd.to_datetime(["2018-01-02", None, None, None]))
    frame.insert(7, "nothing", None)
    write(store, "parks", 1, frame)
    rows = [text and json.loads(text) for (text,) in ask(store, "SELECT other FROM layer_parks ORDER BY park_id")]
    assert rows == [
        {"备注": "老厂", "level": 1, "mixed": 1.5, "seen_on": "2018-01-02"},
        {"level": 2, "mixed": True},
        {"备注": "", "mixed": "inf"},
        {"备注": "x", "level": 4},
    ]


@pytest.mark.parametrize("schema", LAYERS.values(), ids=lambda schema: schema.name)
def test_every_layer_can_be_written_with_any_shape_of_its_kind_missing_and_empty_ones_too(
    store: Store, schema: LayerSchema
) -> None:
    one, empty = {
        "Polygon": (box(0, 0, 10, 10), Polygon()),
        "LineString": (LineString([(0, 0), (10, 10)]), LineString()),
        "Point": (Point(1, 2), Point()),
    }[schema.geometry]
    rows = [{schema.key: key} for key in "ABC"]
    write(store, schema.name, 1, clean_frame(schema.name, rows, [one, None, empty]))
    found = ask(store, f"SELECT GeometryType(geometry) FROM layer_{schema.name} ORDER BY {schema.key}")
    kind = f"MULTI{schema.geometry.upper()}"
    assert found == [(kind,), (None,), (kind,)]


def test_a_field_that_the_schema_comes_to_know_becomes_a_column_of_table_and_view(store: Store, tmp_path: Path) -> None:
    publish(store, held(store, tmp_path / "a"), by="张三")
    url = store.settings.database_url
    assert url
    with psycopg.connect(url) as connection:  # as an earlier release made it
        connection.execute("DROP VIEW parks_current")
        connection.execute("ALTER TABLE layer_parks DROP COLUMN board")
        connection.execute("CREATE VIEW parks_current AS SELECT * FROM layer_parks WHERE version = 1")
    publish(store, held(store, tmp_path / "b", [{**row, "board": "蓼河新区"} for row in ROWS]), by="张三")
    assert ask(store, "SELECT version, board FROM layer_parks GROUP BY version, board ORDER BY version") == [
        (1, None),
        (2, "蓼河新区"),
    ]
    assert ask(store, "SELECT DISTINCT board FROM parks_current") == [("蓼河新区",)]


def test_a_version_that_postgis_refuses_is_not_published(store: Store, tmp_path: Path) -> None:
    first = publish(store, held(store, tmp_path / "a"), by="张三")
    url = store.settings.database_url
    assert url
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE layer_parks ADD CHECK (name <> '禁止')")
    with pytest.raises(StoreError, match="could not be written to PostGIS"):
        publish(store, held(store, tmp_path / "b", renamed("禁止")), by="张三")
    assert store.current()["parks"] == first
    assert ask(store, "SELECT DISTINCT version FROM layer_parks") == [(1,)]
    assert is_ok(verify(store))


def test_an_approved_request_is_in_the_table_and_a_pending_one_is_not(tmp_path: Path, postgres: Server) -> None:
    store = open_store(tmp_path / "data", two_people=True, database_url=postgres.new_database())
    asked = request(store, held(store, tmp_path / "a"), by="张三")
    assert ask(store, "SELECT to_regclass('layer_parks')") == [(None,)]
    approve(store, asked.id, by="李四")
    assert ask(store, "SELECT count(*) FROM parks_current") == [(10,)]


def test_rows_that_are_missing_from_the_table_or_belong_to_no_version_are_found(store: Store, tmp_path: Path) -> None:
    publish(store, held(store, tmp_path / "a"), by="张三")
    url = store.settings.database_url
    assert url
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM layer_parks WHERE park_id = 'YQ-03'")
        connection.execute("INSERT INTO layer_parks (version, park_id) VALUES (9, 'X')")
    assert [(problem.kind, problem.what) for problem in verify(store)] == [
        ("count", "layer_parks 1"),
        ("count", "layer_parks 9"),
    ]


def test_a_store_moves_from_sqlite_to_postgresql_by_backup_and_goes_on(tmp_path: Path, postgres: Server) -> None:
    old = open_store(tmp_path / "old")
    publish(old, held(old, tmp_path / "a"), by="张三")
    second = publish(old, held(old, tmp_path / "b", renamed("改名")), by="张三")
    write_backup(old, tmp_path / "backup")
    new = open_store(tmp_path / "new", database_url=postgres.new_database())
    assert restore_backup(new, tmp_path / "backup") == 2
    assert new.current()["parks"] == second
    assert content_hash(new.read("parks"), schema_of("parks")) == second.content_hash
    assert ask(new, "SELECT DISTINCT version, name FROM parks_current") == [(2, "改名")]
    assert rollback(new, "parks", 1, by="李四").number == 3
    assert new.audit()["id"].tolist() == [3, 2, 1]
    assert verify(new) == []


def test_targets_and_reported_values_are_plain_tables_by_edition(store: Store) -> None:
    due = pd.DataFrame([{"indicator": "已亮化长度", "due_on": "2020年", "value": 1 / 3, "source": "山东“某某”\0\\N"}])
    save(store, "targets", due, by="张三")
    save(store, "targets", due.assign(value=None), by="张三")
    rows = ask(store, "SELECT edition, indicator, due_on, value, unit, source FROM target ORDER BY edition")
    assert rows == [
        (1, "lighting.lit_km", date(2020, 12, 31), 1 / 3, "km", "山东“某某”\\N"),
        (2, "lighting.lit_km", date(2020, 12, 31), None, "km", "山东“某某”\\N"),
    ]
    assert verify(store) == []


def test_a_catalogue_that_may_not_write_a_row_of_a_save_keeps_none(store: Store) -> None:
    save(store, "targets", build_targets(), by="张三")
    url = store.settings.database_url
    assert url
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE target ADD CHECK (value < 1000)")
    with pytest.raises(StoreError):
        save(store, "targets", build_targets().assign(value=[*range(990, 990 + len(build_targets()))]), by="李四")
    assert ask(store, "SELECT max(edition), count(*) FROM target") == [(1, len(build_targets()))]
    assert store.audit()["id"].tolist() == [1]
    assert verify(store) == []


def test_processes_that_start_at_once_make_the_tables_once(tmp_path: Path, postgres: Server) -> None:
    url = postgres.new_database(postgres.nothing)
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda number: open_store(tmp_path / str(number), database_url=url), range(4)))
    assert all(store.answers() for store in stores)


def test_without_postgis_and_the_right_to_add_it_the_start_says_what_to_do(tmp_path: Path, postgres: Server) -> None:
    url = postgres.new_database(postgres.nothing)
    postgres.run("DROP ROLE IF EXISTS office")
    postgres.run("CREATE ROLE office LOGIN")
    postgres.run("GRANT ALL ON SCHEMA public TO office", name_of(url))
    with pytest.raises(StoreError, match="CREATE EXTENSION postgis"):
        open_store(tmp_path, database_url=url.replace("postgres@", "office@"))
    postgres.run("CREATE EXTENSION postgis", name_of(url))
    assert open_store(tmp_path, database_url=url.replace("postgres@", "office@")).answers()


def test_a_role_that_may_read_a_layer_reads_it_and_nothing_else(store: Store, tmp_path: Path, postgres: Server) -> None:
    publish(store, held(store, tmp_path / "a"), by="张三")
    url = store.settings.database_url
    assert url
    postgres.run("DROP ROLE IF EXISTS planners")
    postgres.run("CREATE ROLE planners LOGIN")
    postgres.run("GRANT SELECT ON layer_parks, parks_current TO planners", name_of(url))
    try:
        with psycopg.connect(url.replace("postgres@", "planners@"), autocommit=True) as connection:
            assert connection.execute("SELECT count(*) FROM parks_current").fetchall() == [(10,)]
            for refused in ("SELECT * FROM account", "SELECT * FROM current", "DELETE FROM layer_parks"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(refused.encode())
    finally:
        postgres.run("DROP OWNED BY planners", name_of(url))


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not answer"):
        open_store(tmp_path, database_url=f"postgresql://nobody@/plan?host={tmp_path}")


def test_a_connection_that_the_server_closed_is_replaced(store: Store) -> None:
    assert store.answers()
    ask(
        store,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND datname = current_database()",
    )
    assert store.answers()


def test_reading_writes_nothing(store: Store) -> None:
    with pytest.raises((SQLAlchemyError, StoreError)), store.catalogue.read() as connection:
        connection.execute(sa.delete(AUDIT))
