"""What stands where on a page."""

from __future__ import annotations

from layers.story.board import title_lines


def test_a_title_of_two_lines_breaks_where_one_pauses() -> None:
    assert title_lines("路网建设", 22, 104) == ["路网建设"]
    assert title_lines("水系连通：三片三廊、四纵五横", 22, 104) == ["水系连通：", "三片三廊、四纵五横"]
    assert title_lines("Key projects, from talks to production", 22, 104)[0] == "Key projects,"
    without = title_lines("Industry moves from town into the parks", 22, 104)
    assert len(without) == 2
    assert " ".join(without) == "Industry moves from town into the parks"
