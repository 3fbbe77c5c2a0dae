from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from geodata import series
from geodata.indicators import indicators
from geodata.schema import LAYERS
from tests.geodata.clean_frames import clean_frame
from tests.geodata.little_district import ON, little_district

DISTRICT = little_district()


def rows(table: pd.DataFrame, *, places: int = 2) -> list[tuple[object, ...]]:
    return [tuple(row) for row in table.round(places).itertuples(index=False)]


def at(table: pd.DataFrame, month: str) -> list[tuple[object, ...]]:
    return rows(table[table["month"] == month].drop(columns="month"))


def test_land_by_use_and_status_names_what_occurs() -> None:
    assert rows(series.land_by_use_and_status(DISTRICT["parcels"], ON)) == [
        ("07", "inefficient", 2, 1),
        ("07", "completed", 12, 2),
        ("07", "idle", 6, 1),
        ("07", "supplied_unused", 7, 1),
        ("07", "under_construction", 8, 1),
        ("10", "unapproved", 4, 1),
        ("10", "approved_unsupplied", 5, 1),
        ("17", "not_applicable", 1, 1),
    ]


def test_greening_by_month_is_cumulative_without_gaps_and_without_what_existed() -> None:
    table = series.greening_by_month(DISTRICT["greening"], date(2021, 6, 15))
    assert table["month"].tolist() == pd.date_range("2018-06-01", "2021-06-01", freq="MS").tolist()
    assert at(table, "2018-06-01") == [(1, 1)]
    assert at(table, "2019-11-01") == [(1, 1)]
    assert at(table, "2019-12-01") == [(3, 1)]
    assert at(table, "2020-02-01") == [(3, 3)]
    assert at(table, "2020-12-01") == [(6, 7)]
    assert at(table, "2021-06-01") == [(10, 7)]


def test_greening_completed_after_the_as_of_date_is_not_drawn() -> None:
    table = series.greening_by_month(DISTRICT["greening"], ON, on=date(2020, 2, 9))
    assert at(table, "2020-01-01") == [(3, 1)]
    assert at(table, "2020-02-01") == [(3, 1)]
    march = table[table["month"] == "2020-03-01"].iloc[0]
    assert march["planned_ha"] == pytest.approx(3, rel=1e-4)
    assert pd.isna(march["completed_ha"])


def test_the_last_month_agrees_with_the_indicators_but_for_what_existed() -> None:
    found = indicators(DISTRICT, ON)
    last = series.greening_by_month(DISTRICT["greening"], ON).iloc[-1]
    existing_ha = 0.5
    assert last["completed_ha"] + existing_ha == pytest.approx(found["greening.completed_ha"].value, rel=1e-4)
    assert last["planned_ha"] + existing_ha == pytest.approx(found["greening.planned_ha"].value, rel=1e-4)


def test_greening_by_kind_has_every_kind() -> None:
    assert rows(series.greening_by_kind(DISTRICT["greening"], ON)) == [
        ("park", 1.5, 1.5, 1.5),
        ("belt", 2, 2, 2),
        ("street", 3, 0, 3),
        ("waterfront", 0, 4, 4),
    ]
    kinds = series.greening_kinds_by_month(DISTRICT["greening"], ON)
    assert at(kinds, "2020-12-01") == [("park", 1), ("belt", 2), ("street", 0), ("waterfront", 4)]
    assert at(kinds, "2018-06-01") == [("park", 1), ("belt", 0), ("street", 0), ("waterfront", 0)]


def test_relocation_by_batch_and_state() -> None:
    assert rows(series.relocation_by_batch(DISTRICT["relocation_zones"], ON)) == [
        (2018, "vacated", 1, 2),
        (2018, "resupplied", 1, 1),
        (2019, "agreed", 1, 3),
        (2020, "listed", 1, 4),
    ]


def test_relocation_progress_stands_beside_the_plan_of_each_batch() -> None:
    table = series.relocation_progress(DISTRICT["relocation_zones"], ON)
    assert list(table) == ["batch", "planned_on", "sites", "agreed", "vacated", "resupplied", "area_ha", "freed_ha"]
    assert rows(table.assign(planned_on=table["planned_on"].dt.strftime("%Y-%m-%d"))) == [
        (2018, "2018-12-31", 2, 2, 2, 1, 3, 3),
        (2019, "2019-12-31", 1, 1, 0, 0, 3, 0),
        (2020, "2020-12-31", 1, 0, 0, 0, 4, 0),
    ]


def test_waterways_stand_verticals_first_in_the_order_of_their_numbers() -> None:
    assert rows(series.waterways_by_state(DISTRICT["waterways"], ON)) == [
        ("纵一", "vertical", "connected", 0.5),
        ("纵二", "vertical", "under_construction", 1),
        ("横一", "horizontal", "connected", 1),
    ]
    months = series.waterways_by_month(DISTRICT["waterways"], date(2019, 4, 30))
    assert months["month"].dt.strftime("%Y-%m").tolist() == ["2019-03", "2019-04"]
    assert rows(months[["connected_km"]]) == [(1,), (1,)]


def test_roads_by_class_and_state_and_by_month() -> None:
    assert rows(series.roads_by_class(DISTRICT["roads"], ON)) == [
        ("arterial", "open", 3, 2),
        ("branch", "under_construction", 0.5, 1),
        ("expressway", "planned", 3, 1),
    ]
    months = series.roads_by_month(DISTRICT["roads"], date(2020, 5, 31))
    assert rows(months.drop(columns="month")) == [("expressway", 0), ("arterial", 2), ("secondary", 0), ("branch", 0)]


def test_lighting_by_month() -> None:
    months = series.lighting_by_month(DISTRICT["lighting"], date(2020, 6, 1))
    assert at(months, "2019-05-01") == [(0, 1)]
    assert at(months, "2019-06-01") == [(1, 1)]
    assert at(months, "2020-06-01") == [(3, 1)]


def test_lighting_done_after_the_day_does_not_count() -> None:
    day = DISTRICT["lighting"]["completed_on"].min() - pd.Timedelta(days=1)
    months = series.lighting_by_month(DISTRICT["lighting"], date(2020, 6, 1), on=day.date())
    known = months[months["month"] <= day]
    assert (known["lit_km"] == 0).all()
    assert months.loc[months["month"] > day, "lit_km"].isna().all()


def test_projects_by_stage_board_and_cluster() -> None:
    projects = DISTRICT["projects"]
    assert rows(series.projects_by(projects, ON)) == [
        ("negotiating", 2, 1.5),
        ("signed", 1, 4),
        ("landed", 0, 0),
        ("producing", 1, 2),
    ]
    boards = series.projects_by(projects, ON, "board")
    assert len(boards) == 2 * 4
    assert rows(boards[boards["projects"] > 0]) == [
        ("大健康产业", "negotiating", 1, 1.5),
        ("大健康产业", "producing", 1, 2),
        ("蓼河新区", "negotiating", 1, 0),
        ("蓼河新区", "signed", 1, 4),
    ]
    clusters = series.projects_by(projects, ON, "cluster")
    assert clusters["cluster"].unique().tolist() == ["医养健康", "新材料"]


@pytest.mark.parametrize(
    ("table", "layer"),
    [
        (series.land_by_use_and_status, "parcels"),
        (series.greening_by_month, "greening"),
        (series.greening_kinds_by_month, "greening"),
        (series.relocation_by_batch, "relocation_zones"),
        (series.relocation_progress, "relocation_zones"),
        (series.waterways_by_state, "waterways"),
        (series.waterways_by_month, "waterways"),
        (series.roads_by_class, "roads"),
        (series.roads_by_month, "roads"),
        (series.lighting_by_month, "lighting"),
    ],
)
def test_a_layer_without_rows_gives_a_table_with_the_same_columns(table: object, layer: str) -> None:
    assert layer in LAYERS
    full, empty = table(DISTRICT[layer], ON), table(clean_frame(layer, []), ON)  # type: ignore[operator]
    assert list(empty) == list(full)
    assert len(empty) == 0


@pytest.mark.parametrize("field", [None, "board"])
def test_no_projects_are_none_at_each_stage(field: str | None) -> None:
    table = series.projects_by(clean_frame("projects", []), ON, field)
    assert table["projects"].sum() == 0
