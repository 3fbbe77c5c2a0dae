from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from geodata import archive
from geodata.archive import look_through, shown, unpack
from tests.geodata.upload_files import in_memory_zip, raw_zip, write_zip


def codes(path: Path) -> list[str]:
    return [finding.code for finding in look_through(path).findings]


def test_looking_through_writes_nothing(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"a/b.shp": b"x"})
    before = sorted(tmp_path.rglob("*"))
    contents = look_through(path)
    assert [entry.name for entry in contents.entries] == ["a/b.shp"]
    assert contents.findings == []
    assert sorted(tmp_path.rglob("*")) == before


def test_what_operating_systems_leave_behind_is_no_entry(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"__MACOSX/._a.shp": b"", "x/.DS_Store": b"", "Thumbs.db": b"", "a.shp": b""})
    assert [entry.name for entry in look_through(path).entries] == ["a.shp"]


def test_names_are_read_as_gbk_where_they_are_not_utf8(tmp_path: Path) -> None:
    path = raw_zip(tmp_path, [("规划/道路.shp".encode("gbk"), b"x"), ("水系.shp".encode(), b"y")])
    assert [entry.name for entry in look_through(path).entries] == ["规划/道路.shp", "水系.shp"]


def test_back_slashes_are_folders(tmp_path: Path) -> None:
    entry = look_through(write_zip(tmp_path, {"a\\b.SHP": b"x"})).entries[0]
    assert (entry.folder, entry.file_name, entry.suffix) == ("a", "b.SHP", ".shp")


def test_entries_are_written_where_they_are_told_and_nowhere_else(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"deep/name.shp": b"content"})
    (tmp_path / "out").mkdir()
    entry = look_through(path).entries[0]
    assert unpack(path, [(entry, tmp_path / "out" / "0.shp")]) == []
    assert [file.name for file in (tmp_path / "out").rglob("*")] == ["0.shp"]
    assert (tmp_path / "out" / "0.shp").read_bytes() == b"content"


def test_unpacking_stops_at_the_limit_of_bytes_that_really_come(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"a.shp": bytes(5 * 2**20)})
    entry = look_through(path).entries[0]
    findings = unpack(path, [(entry, tmp_path / "0.shp")], limit=2 * 2**20)
    assert [finding.code for finding in findings] == ["TOO_LARGE"]
    assert (tmp_path / "0.shp").stat().st_size <= 2 * 2**20


def test_a_table_that_packs_217_times_is_fine_and_a_large_one_that_packs_1000_times_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_zip(tmp_path, {"a.dbf": bytes(10 * 2**20)})
    assert codes(path) == []
    monkeypatch.setattr(archive, "FREE_BYTES", 2**20)
    assert codes(path) == ["TOO_LARGE"]
    monkeypatch.setattr(archive, "MAX_RATIO", 2000)
    assert codes(path) == []
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 9 * 2**20)
    assert codes(path) == ["TOO_LARGE"]


def test_a_kmz_inside_is_refused_unless_it_is_meant(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"a.kmz": in_memory_zip({"doc.kml": b"x"})})
    assert codes(path) == ["NESTED_ARCHIVE"]
    assert look_through(path, nested_allowed=(".kmz",)).findings == []


def test_an_office_document_inside_is_no_nested_archive(tmp_path: Path) -> None:
    assert codes(write_zip(tmp_path, {"说明.docx": in_memory_zip({"a": b"b"})})) == []


def test_a_size_that_lies_is_corrupt(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"a.shp": b"x" * 1000})
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\1\2") + 24
    content[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    entry = look_through(path).entries[0]
    assert [finding.code for finding in unpack(path, [(entry, tmp_path / "0.shp")])] == ["CORRUPT"]


def test_deflate64_is_unsupported_and_not_a_crash(tmp_path: Path) -> None:
    assert codes(raw_zip(tmp_path, [(b"a.shp", b"x")], method=9)) == ["UNSUPPORTED"]


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\5\6" + bytes(18), b"PK\3\4" + bytes(60)])
def test_stumps_of_archives_are_corrupt_or_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    contents = look_through(tmp_path / "a.zip")
    assert contents.entries == []
    assert {finding.code for finding in contents.findings} <= {"CORRUPT"}


def test_zip_entries_that_share_bytes_are_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.shp", b"x" * 100)
    content = path.read_bytes()
    at = content.rindex(b"PK\1\2")
    end = content.rindex(b"PK\5\6")
    entry = content[at:end]
    twin = entry.replace(b"a.shp", b"b.shp")
    counts = (2).to_bytes(2, "little") * 2 + (len(entry) * 2).to_bytes(4, "little")
    path.write_bytes(content[:at] + entry + twin + content[end : end + 8] + counts + content[end + 16 :])
    assert codes(path) == ["CORRUPT"]


def test_a_name_in_a_message_has_no_control_or_direction_characters_and_an_end() -> None:
    assert shown("a\u202eb\nc\x00d") == "a�b�c�d"
    assert len(shown("x" * 500)) == 80
    assert shown("规划 <b>") == "规划 <b>"
