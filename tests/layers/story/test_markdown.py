"""Markdown as people type it."""

from __future__ import annotations

import pytest

from layers.story.markdown import Run, Table, as_lines, paragraphs_of, plain, to_html

TABLE = "| a | b |\n|---|--:|\n| *1* | **2** |"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("[the **decree**](http://x.cn/%E4%B8%AD)", "the decree (http://x.cn/中)"),
        ("<http://x.cn>", "http://x.cn"),
        ("[http://x.cn](http://x.cn)", "http://x.cn"),
        ("[a][1] b\n\n[1]: http://x.cn", "a (http://x.cn) b"),
        ("![map](m.png)", "map (m.png)"),
        ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
        ("<b>a</b>", "<b>a</b>"),
    ],
)
def test_links_are_words_with_their_address_and_nothing_leads_outside(typed: str, shown: str) -> None:
    assert [plain(paragraph) for paragraph in as_lines(paragraphs_of(typed))] == [shown]
    html = to_html(typed)
    assert not any(tag in html for tag in ("<a", "<img", "<b>", "href", "src"))


def test_a_table_has_its_head_its_cells_and_where_their_words_stand() -> None:
    (table,) = paragraphs_of(TABLE)
    assert table == Table(
        rows=[
            [[Run("a", is_bold=True)], [Run("b", is_bold=True)]],
            [[Run("1", is_italic=True)], [Run("2", is_bold=True)]],
        ],
        across=["left", "right"],
    )
    assert "<td><em>1</em></td>" in to_html(TABLE)
    assert [plain(line) for line in as_lines([table])] == ["a | b", "1 | 2"]


def test_lists_headings_breaks_and_code_become_paragraphs() -> None:
    typed = "# H\n\na\nb\n\n- one\n  - two\n\n3. three\n4. four\n\n```\nx\n```"
    found = as_lines(paragraphs_of(typed))
    assert [plain(paragraph) for paragraph in found] == ["H", "a\nb", "• one", "  • two", "3. three", "4. four", "x"]
    assert found[0] == [Run("H", is_bold=True)]
