"""Finding features by what they are called."""

from __future__ import annotations

import pytest

from geodata.search import SearchIndex
from tests.geodata.clean_frames import clean_frame

ROADS = clean_frame(
    "roads",
    [
        {"road_id": "L-1", "name": "蓼河路"},
        {"road_id": "L-10", "name": "行一路"},
        {"road_id": "L-2", "name": "蓼河路北延"},
        {"road_id": "L-3", "name": None},
    ],
)
SITES = clean_frame(
    "relocation_zones",
    [
        {"site_id": "T-1", "enterprise": "长江纺织", "park_id": "Y-1"},
        {"site_id": "T-2", "enterprise": "ＡＢＣ Steel", "park_id": "Y-1"},
    ],
)
PARCELS = clean_frame("parcels", [{"parcel_id": "P-7", "land_use": "07", "holder": "长江纺织"}])
INDEX = SearchIndex({"roads": ROADS, "relocation_zones": SITES, "parcels": PARCELS})


def keys(words: str) -> list[str]:
    return [hit.key for hit in INDEX.find(words)]


def test_a_whole_name_comes_before_one_that_begins_so() -> None:
    assert keys("蓼河路") == ["L-1", "L-2"]
    assert keys("L-1") == ["L-1", "L-10"]


def test_what_stands_within_a_name_is_found() -> None:
    assert keys("北延") == ["L-2"]


@pytest.mark.parametrize("words", ["liaohelu", "Liao He Lu", "lhl", "LHL"])
def test_pinyin_and_initials_find_chinese_names(words: str) -> None:
    assert keys(words) == ["L-1", "L-2"]


def test_each_usual_reading_of_a_character_finds_it() -> None:
    assert "L-10" in keys("xingyi")
    assert "L-10" in keys("hangyi")


def test_an_enterprise_is_found_where_it_sits_and_where_it_holds_land() -> None:
    found = INDEX.find("长江纺织")
    assert [(hit.layer, hit.key, hit.name, hit.field) for hit in found] == [
        ("relocation_zones", "T-1", "长江纺织", "enterprise"),
        ("parcels", "P-7", "P-7", "holder"),
    ]
    assert found[1].found == "长江纺织"


def test_width_case_and_spaces_make_no_difference() -> None:
    assert keys("abc steel") == ["T-2"]
    assert keys("ｌ－１０") == ["L-10"]


def test_what_is_written_so_comes_before_what_is_read_so() -> None:
    index = SearchIndex(
        {"roads": clean_frame("roads", [{"road_id": "1", "name": "蓼河"}, {"road_id": "2", "name": "LH"}])}
    )
    assert [hit.key for hit in index.find("lh")] == ["2", "1"]


def test_each_feature_is_there_once_and_no_more_than_asked_for() -> None:
    assert keys("Y-1") == ["T-1", "T-2"]
    assert len(INDEX.find("l", most=2)) == 2


@pytest.mark.parametrize("words", ["", "  ", "济宁", "."])
def test_what_nothing_is_called_finds_nothing(words: str) -> None:
    assert keys(words) == []
