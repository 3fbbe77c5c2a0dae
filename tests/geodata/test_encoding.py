from __future__ import annotations

from pathlib import Path

import pytest

from geodata.encoding import (
    Value,
    candidates,
    common_hanzi,
    common_share,
    decide,
    decode,
    fits,
    is_lost,
    looks_chinese,
    normalise,
    of_language_byte,
)
from tests.geodata.upload_files import NAMES, dbf, named_dbf


def values(*texts: str, encoding: str = "gbk") -> list[Value]:
    return [Value(each.encode(encoding)) for each in texts]


def codes(*, of: list[Value], **options: str) -> tuple[str, list[str]]:
    decision = decide(of, **options)
    return decision.encoding, [finding.code for finding in decision.findings]


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("GBK", "GBK"),
        ("ANSI 936", "GBK"),
        ("cp936", "GBK"),
        ("936", "GBK"),
        ("gb2312", "GBK"),
        ("GB18030", "GB18030"),
        ("65001", "UTF-8"),
        ("utf8", "UTF-8"),
        ("\ufeffUTF-8\n", "UTF-8"),
        ("ANSI 1250", "CP1250"),
        ("Windows-1252", "CP1252"),
        ("ISO 8859-1", "ISO-8859-1"),
        ("88591", "ISO-8859-1"),
        ("big5", "BIG5"),
        ("SYSTEM", None),
        ("hex", None),
        ("rot13", None),
        ("utf-16", None),
        ("", None),
        ("x" * 1000, None),
    ],
)
def test_an_encoding_is_known_however_it_is_written(written: str, known: str | None) -> None:
    assert normalise(written) == known


def test_language_bytes_0_and_57_declare_nothing() -> None:
    assert [of_language_byte(each) for each in (0, 0x57, 0x4D)] == [None, None, "GBK"]


def test_the_common_hanzi_are_level_one_of_gb_2312() -> None:
    assert len(common_hanzi()) == 3755
    assert {"规", "划", "啊", "座"} <= common_hanzi()
    assert "亍" not in common_hanzi()  # the first of level two


def test_the_share_of_common_hanzi_counts_hanzi_only() -> None:
    assert common_share(["规划 A1", "亍亍"]) == 0.5
    assert common_share(["abc"]) is None


def test_what_the_person_chose_is_taken_even_against_the_bytes() -> None:
    assert codes(of=values(*NAMES), chosen="gbk", declared="UTF-8") == ("GBK", [])
    assert codes(of=values(*NAMES), chosen="UTF-8") == ("UTF-8", ["ENCODING_CONTRADICTED"])
    assert codes(of=values(*NAMES), chosen="klingon") == ("GB18030", ["ENCODING_CONTRADICTED", "ENCODING_GUESSED"])


def test_what_the_file_declares_is_taken_when_every_value_fits() -> None:
    assert codes(of=values(*NAMES), declared="GBK") == ("GBK", [])
    assert codes(of=values("Straße", encoding="cp1252"), declared="1252") == ("CP1252", [])
    assert codes(of=values("도로", encoding="cp949"), declared="949") == ("CP949", [])


def test_a_declaration_that_everything_fits_is_held_against_the_bytes() -> None:
    assert codes(of=values(*NAMES), declared="ISO-8859-1") == ("GB18030", ["ENCODING_CONTRADICTED"])
    assert codes(of=values(*NAMES, encoding="utf-8"), declared="1252") == ("UTF-8", ["ENCODING_CONTRADICTED"])
    assert codes(of=values("园区七公园", encoding="utf-8"), declared="GBK") == ("UTF-8", ["ENCODING_CONTRADICTED"])


def test_gbk_text_that_happens_to_be_utf8_stays_gbk_where_that_is_declared() -> None:
    assert "模".encode("gbk").decode("utf-8") == "ģ"
    assert codes(of=values("模"), declared="GBK") == ("GBK", [])


def test_utf8_comes_before_gb18030_and_forgives_one_cut_character() -> None:
    assert codes(of=values(*NAMES, encoding="utf-8"))[0] == "UTF-8"
    cut = Value("规划横三".encode()[:10], full=True)
    assert codes(of=[*values(*NAMES, encoding="utf-8"), cut])[0] == "UTF-8"
    assert fits([cut], "UTF-8")
    assert not fits([Value(cut.raw)], "UTF-8")


def test_chinese_is_taken_for_gb18030_and_western_text_is_not() -> None:
    assert codes(of=values(*NAMES)) == ("GB18030", ["ENCODING_GUESSED"])
    western = values("Grünfläche", "Straße", "Großmühle", encoding="cp1252")
    assert not looks_chinese(western)
    assert codes(of=western) == ("CP1252", ["ENCODING_GUESSED"])


def test_plain_ascii_needs_no_guess() -> None:
    assert codes(of=values("park", "road")) == ("UTF-8", [])


def test_one_damaged_value_does_not_overthrow_what_the_file_declares() -> None:
    many = [Value(f"规划路{n}".encode()) for n in range(20)]
    assert codes(of=[*many, Value(b"\xe5\x9b\xff\x80")], declared="UTF-8") == ("UTF-8", ["ENCODING_CONTRADICTED"])


@pytest.mark.parametrize(("encoding", "codec"), [("UTF-8", "utf-8"), ("GBK", "gbk"), ("GB18030", "gb18030")])
def test_a_text_cut_at_any_byte_keeps_its_whole_characters(encoding: str, codec: str) -> None:
    whole = "规划横三路园区"
    raw = whole.encode(codec)
    for length in range(1, len(raw)):
        content, cut, broken = decode(Value(raw[:length], full=True), encoding)
        assert not broken
        assert whole.startswith(content)
        assert cut == (len(content.encode(codec)) != length)


@pytest.mark.parametrize("lost", ["锟斤拷锟", "????", "规划??? 路", "园\ufffd区", "??"])
def test_lost_text_is_seen(lost: str) -> None:
    assert is_lost(lost)


@pytest.mark.parametrize("fine", ["规划横三路", "?", "真的吗?", "why?? not", ""])
def test_a_question_is_not_lost_text(fine: str) -> None:
    assert not is_lost(fine)


def test_candidates_show_three_rows_each_with_the_right_one_first(tmp_path: Path) -> None:
    (tmp_path / "a.dbf").write_bytes(named_dbf())
    ranked = candidates(tmp_path / "a.dbf")
    assert ranked[0].encoding == "GB18030"
    assert set(ranked[0].samples) == set(NAMES)
    assert ranked[0].share_common == 1.0
    assert {len(each.samples) for each in ranked} == {3}


def test_an_ascii_table_has_no_candidates(tmp_path: Path) -> None:
    (tmp_path / "a.dbf").write_bytes(dbf([(b"NAME", "C", 9, 0)], [[b"road"]]))
    assert candidates(tmp_path / "a.dbf") == []
