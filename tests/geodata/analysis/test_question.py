"""Questions of one's own, and which conflicts are new."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas
import pytest
from shapely import LineString, Point, box

from geodata.analysis import RULES, Question, QuestionError, ask, new_since, read_question
from geodata.analysis.files import to_geopackage, words_of
from geodata.errors import UnknownLayerError
from tests.geodata.clean_frames import clean_frame

ON = date(2020, 12, 31)
FRAMES = {
    "parcels": clean_frame(
        "parcels",
        [{"parcel_id": f"P-{number}", "land_use": "07"} for number in range(3)],
        [box(0, 0, 100, 100), box(0, 140, 100, 240), box(0, 400, 100, 500)],
    ),
    "roads": clean_frame("roads", [{"road_id": "L-1", "road_class": "branch"}], [LineString([(0, 120), (500, 120)])]),
    "parks": clean_frame("parks", [{"park_id": "Y-1", "name": "园"}], [box(0, 0, 25, 1000)]),
    "projects": clean_frame("projects", [{"project_id": "X-1"}, {"project_id": "X-2"}], [Point(10, 10), Point(90, 10)]),
}


def test_what_lies_within_a_distance_is_found_with_the_distance() -> None:
    found = ask(FRAMES, Question("parcels", "roads", within_m=20), ON)
    assert list(found["key"]) == ["P-0", "P-1"]
    assert found["distance_m"].tolist() == pytest.approx([20, 20], abs=0.01)
    assert list(ask(FRAMES, Question("parcels", "roads", within_m=19.9), ON)["key"]) == []


def test_what_is_overlapped_by_a_share_is_found_with_the_part() -> None:
    found = ask(FRAMES, Question("parcels", "parks", overlap_share=0.25), ON)
    assert list(found["key"]) == ["P-0", "P-1", "P-2"]
    assert found["share"].tolist() == pytest.approx([0.25] * 3, rel=1e-6)
    assert found["area_ha"].tolist() == pytest.approx([0.25] * 3, rel=1e-3)
    assert ask(FRAMES, Question("parcels", "parks", overlap_share=0.26), ON).empty
    assert list(ask(FRAMES, Question("projects", "parks", overlap_share=1), ON)["key"]) == ["X-1"]


@pytest.mark.parametrize(
    "question", [Question("parcels", "roads", within_m=0), Question("roads", "parks", overlap_share=0.5)]
)
def test_a_question_comes_back_from_an_address(question: Question) -> None:
    assert read_question(question.to_text()) == question


NO_QUESTIONS = (
    "",
    "parcels",
    "parcels.near.roads",
    "parcels.near1e9.roads",
    "parcels.near5.",
    "parcels.over1.5.parks",
    "parcels.over0.parks",
    "parcels.near5.parcels",
    "parcels.over0.5.roads",
)


@pytest.mark.parametrize("written", NO_QUESTIONS)
def test_what_is_no_question_is_refused(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whatever it says, the page names the part
        read_question(written)


def test_a_question_that_can_not_be_answered_says_why() -> None:
    with pytest.raises(QuestionError, match="no areas"):
        ask(FRAMES, Question("parcels", "roads", overlap_share=0.5), ON)
    with pytest.raises(QuestionError, match="Ask either"):
        ask(FRAMES, Question("parcels", "roads"), ON)
    with pytest.raises(UnknownLayerError):
        ask(FRAMES, Question("ponds", "roads", within_m=1), ON)


def test_what_an_older_version_had_already_is_not_new() -> None:
    before = {**FRAMES, "parcels": FRAMES["parcels"].iloc[:1]}
    question = Question("parcels", "roads", within_m=20)
    assert new_since(ask(FRAMES, question, ON), ask(before, question, ON)).tolist() == [False, True]
    assert new_since(ask(FRAMES, question, ON), ask(FRAMES, question, ON)).tolist() == [False, False]


def test_of_two_places_of_one_pair_the_one_that_was_there_is_not_new() -> None:
    water = clean_frame("waterways", [{"waterway_id": "HD-1", "width_m": 10.0}], [LineString([(0, 0), (1000, 0)])])
    straight = clean_frame("roads", [{"road_id": "L-1"}], [LineString([(500, -50), (500, 50)])])
    bent = clean_frame("roads", [{"road_id": "L-1"}], [LineString([(100, -50), (100, 50), (501, 50), (501, -50)])])
    bridges = [RULES["bridges"].find({"roads": road, "waterways": water}, ON) for road in (straight, bent)]
    assert new_since(bridges[1], bridges[0]).tolist() == [True, False]


def test_conflicts_are_told_in_words_and_taken_away_as_a_geopackage(tmp_path: Path) -> None:
    found = ask(FRAMES, Question("parcels", "roads", within_m=20), ON)
    words = words_of(found, "zh")
    assert words.loc[0, ["layer", "key", "land_use", "other_layer"]].tolist() == ["用地", "P-0", "居住用地", "路网"]
    path = tmp_path / "found.gpkg"
    path.write_bytes(to_geopackage(found, "question", ["distance_m"], "示例数据 2020-12-31"))
    back = geopandas.read_file(path)
    assert back["key"].tolist() == ["P-0", "P-1"]
    assert back["source"].unique().tolist() == ["示例数据 2020-12-31"]
    assert back.crs.to_epsg() == 4490
