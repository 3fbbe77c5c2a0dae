"""The lists behind the land numbers, on the little district at the end of 2020 and on parcels drawn for them."""

from __future__ import annotations

import time
from datetime import date

import pandas as pd
import pytest
from geopandas import GeoDataFrame

from geodata.i18n import Language
from geodata.land_lists import LISTS, land_list, sheets, status_flow
from geodata.measures import area_ha
from tests.geodata.clean_frames import clean_frame
from tests.geodata.little_district import EXISTING, ON, little_district, strip

PARCELS = little_district()["parcels"].assign(parcel_id=[f"P-{row}" for row in range(9)])


def listed(name: str, on: date = ON, parcels: GeoDataFrame = PARCELS, **options: int) -> pd.DataFrame:
    return land_list(parcels, name, on, data_date=ON, **options)


def parcels_of(*rows: dict[str, object]) -> GeoDataFrame:
    given = [
        {"parcel_id": f"P-{number}", "land_use": "0701", "approved_on": "2018-01-01", **row}
        for number, row in enumerate(rows)
    ]
    return clean_frame("parcels", given, [strip(1, y=100 * row) for row in range(len(rows))])


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("approved_unsupplied", ["P-4"]),
        ("supplied_unused", ["P-6"]),
        ("idle", ["P-5"]),
        ("inefficient", ["P-1"]),
        ("cannot_be_judged", []),
        ("early_warning", ["P-6"]),
    ],
)
def test_each_list_holds_what_its_name_says(name: str, keys: list[str]):
    assert listed(name)["parcel_id"].tolist() == keys


def test_a_list_tells_since_when_and_for_how_many_days():
    row = listed("approved_unsupplied").iloc[0]
    assert (row["since"].date(), row["days_since"]) == (date(2019, 3, 1), 671)  # 2019-03-01 to 2020-12-31
    assert row["area_ha"] == pytest.approx(5, rel=1e-4)
    idle = listed("idle").iloc[0]
    assert (idle["since"].date(), idle["days_since"]) == (date(2020, 12, 31), 0)
    assert pd.isna(idle["days_until_idle"])


def test_the_warning_counts_the_days_to_the_anniversary():
    # Start due on 2020-01-01: idle from 2021-01-01, the day after the as-of date.
    row = listed("early_warning", within_days=30).iloc[0]
    assert (row["idle_on"].date(), row["days_until_idle"]) == (date(2021, 1, 1), 1)
    assert listed("early_warning", on=date(2020, 11, 30), within_days=30).empty
    assert listed("early_warning", on=date(2020, 12, 2), within_days=30)["parcel_id"].tolist() == ["P-5", "P-6"]


def test_suspended_land_with_little_done_is_warned_of_too():
    started = {"supplied_on": "2018-02-01", "started_on": "2018-03-01", "suspended_on": "2020-02-29"}
    parcels = parcels_of(
        {**started, "built_share": 0.2},
        {**started, "built_share": 0.5, "invested_share": 0.5},
        started,  # a missing share is not below its limit
        {**started, "built_share": 0.2, "resumed_on": "2020-10-01"},
    )
    found = listed("early_warning", parcels=parcels, within_days=90)
    assert found["parcel_id"].tolist() == ["P-0"]
    assert found["idle_on"].dt.date.tolist() == [date(2021, 2, 28)]  # a year after 29 February


def test_land_whose_start_was_due_on_no_day_can_not_be_judged():
    parcels = parcels_of({"supplied_on": "2018-02-01"}, {"supplied_on": "2018-02-01", "start_due_on": "2020-06-01"})
    assert listed("cannot_be_judged", parcels=parcels)["parcel_id"].tolist() == ["P-0"]
    assert listed("early_warning", parcels=parcels, within_days=180)["parcel_id"].tolist() == ["P-1"]


def test_what_lasts_longest_comes_first_and_since_ever_before_all():
    parcels = parcels_of({"approved_on": "2019-05-01"}, {"approved_on": EXISTING}, {"approved_on": "2018-05-01"})
    found = listed("approved_unsupplied", parcels=parcels)
    assert found["parcel_id"].tolist() == ["P-1", "P-2", "P-0"]
    assert pd.isna(found["days_since"].iloc[0])


def test_a_state_that_only_time_brought_is_projected():
    later = date(2021, 6, 30)
    assert dict(zip(*listed("idle", on=later)[["parcel_id", "projected"]].to_numpy().T, strict=True)) == {
        "P-5": False,
        "P-6": True,
    }


def test_recognised_idle_land_is_told_apart():
    parcels = parcels_of(
        {"supplied_on": "2018-02-01", "start_due_on": "2018-06-01", "idle_recognised_on": "2020-01-01"},
        {"supplied_on": "2018-02-01", "start_due_on": "2018-06-01"},
    )
    found = listed("idle", parcels=parcels)
    assert found.set_index("parcel_id")["recognised"].to_dict() == {"P-0": True, "P-1": False}


def test_land_supplied_after_its_year_ran_out_is_idle_since_it_was_supplied():
    parcels = parcels_of({"supplied_on": "2020-12-01", "start_due_on": "2018-06-01"})
    row = listed("idle", parcels=parcels).iloc[0]
    assert row["since"] == row["idle_on"] == pd.Timestamp("2020-12-01")
    assert row["days_since"] == 30


def test_the_warning_holds_its_last_day_and_not_the_next():
    # Start due on 2020-03-31: idle on 2021-03-31, 90 days after 2020-12-31.
    parcels = parcels_of(
        {"supplied_on": "2018-02-01", "start_due_on": "2020-04-01"},
        {"supplied_on": "2018-02-01", "start_due_on": "2020-03-31"},
    )
    found = listed("early_warning", parcels=parcels, within_days=90)
    assert found[["parcel_id", "days_until_idle"]].to_numpy().tolist() == [["P-1", 90]]
    assert listed("early_warning", parcels=parcels, within_days=91)["parcel_id"].tolist() == ["P-1", "P-0"]


def test_a_row_is_found_again_in_a_frame_that_was_filtered():
    some = PARCELS[PARCELS["parcel_id"].isin(["P-4", "P-6"])]
    assert listed("approved_unsupplied", parcels=some)["row"].tolist() == [4]
    assert listed("early_warning", parcels=some)["row"].tolist() == [6]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_nothing_has_the_columns_of_any_other(name: str):
    empty = listed(name, parcels=PARCELS.head(0))
    assert empty.empty
    assert empty.dtypes.to_dict() == listed(name).dtypes.to_dict()


def test_the_flow_of_status_accounts_for_all_land():
    flow = status_flow(PARCELS, date(2019, 12, 31), ON)
    assert flow["area_ha"].sum() == pytest.approx(area_ha(PARCELS).sum())
    assert flow["parcels"].sum() == len(PARCELS)
    pairs = {(row.from_state, row.to_state): row.parcels for row in flow.itertuples()}
    # The two of 2020 were under way before: one built on 2020-06-30, one on 2020-12-31 and marked inefficient.
    assert pairs["supplied_unused", "completed"] == 1
    assert pairs["supplied_unused", "idle"] == 1
    assert pairs["completed", "completed"] == 1  # since ever


def test_nothing_flows_within_one_day():
    flow = status_flow(PARCELS, ON, ON)
    assert (flow["from_state"] == flow["to_state"]).all()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sheets_are_all_lists_with_areas_in_both_units(language: Language):
    made = sheets(PARCELS, ON, data_date=ON, version=3, illustrative=True, language=language)
    assert [sheet.title for sheet in made] == [title.in_(language) for title in LISTS.values()]
    row = made[0].rows.iloc[0]
    assert row["area_mu"] == pytest.approx(75, rel=1e-4)  # 5 ha
    assert made[0].notes[0] in ("示例数据", "Illustrative data")
    assert any("2020-12-31" in note and "3" in note for note in made[0].notes)
    assert set(made[0].columns) <= set(made[0].rows.columns)


def test_the_sheets_of_100_000_parcels_are_made_in_seconds():
    rows = 100_000
    parcels = parcels_of({"supplied_on": "2018-02-01", "start_due_on": "2020-02-29"}).iloc[[0] * rows]
    parcels = parcels.reset_index(drop=True).assign(parcel_id=[f"P-{row}" for row in range(rows)])
    start = time.perf_counter()
    made = sheets(parcels, ON, data_date=ON, version=1, illustrative=False, language="zh")
    assert time.perf_counter() - start < 15
    assert [len(sheet.rows) for sheet in made] == [0, rows, 0, 0, 0, rows]
