"""Charts as plain numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from geodata.i18n import Text, label
from geodata.status import STATE_LABELS
from layers.charts import AreaIn, Look, greening, land, relocation
from layers.charts.plot import Paint, Plot, ink_on, moving, nice_top, plot_of
from layers.styles import style

LOOK = Look("en", AreaIn(label("公顷", "ha"), 1.0))


def test_stacked_bars_keep_their_rows_series_and_words() -> None:
    table = pd.DataFrame(
        {
            "batch": [2018, 2018, 2019],
            "state": ["vacated", "listed", "vacated"],
            "sites": [3, 1, 2],
            "area_ha": [3.0, 1.0, 2.0],
        }
    )
    plot = plot_of(relocation.by_batch(table, LOOK))
    assert plot.kind == "bars"
    assert plot.is_stacked
    assert list(plot.rows) == ["Batch 2018", "Batch 2019"]
    values = {series.name: list(series.values) for series in plot.series}
    assert sorted(values.values()) == [[1.0, 0.0], [3.0, 2.0]]
    assert plot.largest == 4.0
    assert [series.shown for series in plot.series] == [["3", "2"], ["1", ""]]


def test_bars_of_their_own_look_are_one_series() -> None:
    table = pd.DataFrame({"state": ["completed", "idle"], "area_ha": [12.0, 4.0], "parcels": [3, 1]})
    plot = plot_of(land.by_status(table, LOOK))
    (series,) = plot.series
    assert list(series.values) == [12.0, 4.0]
    assert len(plot.row_paints) == 2
    assert plot.row_paints[1].hatch == "diagonal"
    assert plot.row_paints[0].colour == style("parcels", "completed").fill


def test_what_is_done_stands_in_front_of_the_whole() -> None:
    table = pd.DataFrame({"place": ["a", "b"], "completed_ha": [1.0, 4.0], "total_ha": [2.0, 5.0]})
    plot = plot_of(greening.by_place(table, "zone", {"a": Text("A"), "b": Text("B")}, LOOK))
    assert not plot.is_stacked
    whole, done = plot.series
    assert (list(whole.values), list(done.values)) == ([2.0, 5.0], [1.0, 4.0])
    assert whole.paint.colour == ""
    assert plot.largest == 5.0


def test_lines_have_a_value_for_each_month_or_none() -> None:
    months = pd.to_datetime(["2020-01-31", "2020-02-29", "2020-03-31"])
    table = pd.DataFrame({"month": months, "planned_ha": [1.0, 2.0, 3.0], "completed_ha": [0.5, 1.0, None]})
    plot = plot_of(greening.by_month(table, LOOK))
    assert plot.kind == "lines"
    assert list(plot.rows) == [date(2020, 1, 31), date(2020, 2, 29), date(2020, 3, 31)]
    planned, done = plot.series
    assert (planned.paint.dashed, done.paint.filled) == (True, True)
    assert list(done.values) == [0.5, 1.0, None]
    assert (planned.name, done.name) == ("Planned", "Completed")


def test_a_flow_becomes_bars_by_where_it_starts() -> None:
    table = pd.DataFrame(
        {
            "industry": ["paper", "paper", "steel"],
            "park_id": ["p1", "p2", "p1"],
            "sites": [2, 1, 4],
            "vacated": [1, 0, 2],
            "area_ha": [2.0, 1.0, 4.0],
        }
    )
    plot = plot_of(relocation.from_to(table, {"p1": Text("Park 1"), "p2": Text("Park 2")}, LOOK))
    assert plot.kind == "bars"
    sent = {(row, series.name): series.values[place] for place, row in enumerate(plot.rows) for series in plot.series}
    assert sent == {
        ("paper", "Park 1"): 2.0,
        ("paper", "Park 2"): 1.0,
        ("steel", "Park 1"): 4.0,
        ("steel", "Park 2"): None,
    }


@pytest.mark.parametrize(("largest", "top"), [(0, 1), (0.7, 1), (1, 1), (1.2, 2), (2.2, 2.5), (343, 500), (600, 1000)])
def test_an_axis_ends_at_a_round_number(largest: float, top: float) -> None:
    assert nice_top(largest) == pytest.approx(top)


def test_words_on_a_bar_are_dark_on_light_grounds_hatches_and_outlines() -> None:
    papers = [Paint("#ffffff"), Paint("#000000", hatch="cross"), Paint(""), Paint("#2f5d8a")]
    assert [ink_on(paint, "dark", "light") for paint in papers] == ["dark", "dark", "dark", "light"]


def status_plot(**area_ha: float) -> Plot:
    rows = [{"state": state, "area_ha": area, "parcels": 1} for state, area in area_ha.items()]
    return plot_of(land.by_status(pd.DataFrame(rows), LOOK))


def test_bars_that_move_keep_their_rows_and_one_scale() -> None:
    days = [date(2020, month, 28) for month in (1, 2, 3)]
    early, nothing, late = moving(
        [status_plot(unapproved=9.0, idle=1.0), None, status_plot(idle=2.0, completed=3.0)], days
    )
    assert early.rows == nothing.rows == late.rows
    assert {early.largest, nothing.largest, late.largest} == {9.0}
    by_row = [dict(zip(plot.rows, plot.series[0].values, strict=True)) for plot in (early, nothing, late)]
    unapproved, idle, completed = (
        STATE_LABELS["parcels"][state].in_("en") for state in ("unapproved", "idle", "completed")
    )
    assert by_row[0] == {unapproved: 9.0, idle: 1.0, completed: None}
    assert by_row[1] == {unapproved: None, idle: None, completed: None}
    assert by_row[2] == {unapproved: None, idle: 2.0, completed: 3.0}
    assert late.row_paints[late.rows.index(completed)].colour == style("parcels", "completed").fill


def test_lines_that_move_are_the_last_days_marked_at_each() -> None:
    months = [date(2020, 1, 1), date(2020, 2, 1)]
    table = pd.DataFrame({"month": pd.to_datetime(months), "planned_ha": [1.0, 2.0], "completed_ha": [0.5, 1.0]})
    plot = plot_of(greening.by_month(table, LOOK))
    before, first, last = moving([None, None, plot], [date(2019, 12, 31), date(2020, 1, 31), date(2020, 2, 29)])
    assert before == first == replace(plot, until=months[0])
    assert last == plot
