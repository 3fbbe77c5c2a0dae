"""Publishing: all or nothing, one winner, nothing lost; through the real reading and checks, on a real SQLite."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from geodata.check import Check
from geodata.choices import Choices
from geodata.content import content_hash
from geodata.errors import RefusedError, StoreError
from geodata.publish import (
    BaseChangedError,
    FindingsError,
    NoChangeError,
    PendingError,
    approve,
    publish,
    reject,
    request,
    rollback,
)
from geodata.schema import schema_of
from geodata.store import Store
from geodata.verify import is_ok, verify
from tests.geodata.clean_frames import clean_frame
from tests.geodata.publishing import ROWS, checked, open_store, publish_parks, squares, write_parks

EDITED = [{**row, "board": "蓼河新区"} for row in ROWS]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "data")


@pytest.fixture
def first(store: Store, tmp_path: Path) -> Any:
    """The first version of the parks."""
    return publish_parks(store, write_parks(tmp_path / "first.gpkg"))


def codes(check: Check) -> set[str]:
    return {finding.code for finding in check.findings}


def test_a_first_upload_becomes_version_one_with_every_feature(store: Store, first: Any) -> None:
    assert (first.number, first.parent, first.features, first.current, first.by) == (1, None, 10, True, "张三")
    assert store.current() == {"parks": first}
    frame = store.read("parks")
    assert frame["park_id"].tolist() == [row["park_id"] for row in ROWS]
    assert frame.crs.to_string() == "EPSG:4490"
    assert content_hash(frame, schema_of("parks")) == first.content_hash


def test_the_upload_is_kept_as_it_came(store: Store, first: Any, tmp_path: Path) -> None:
    assert store.objects.path(first.upload_object).read_bytes() == (tmp_path / "first.gpkg").read_bytes()


def test_the_same_file_again_changes_nothing_and_is_not_published(store: Store, first: Any, tmp_path: Path) -> None:
    check = checked(store, write_parks(tmp_path / "again.gpkg"))
    assert "NO_CHANGE" in codes(check)
    with pytest.raises(NoChangeError):
        publish(store, check, by="李四")
    assert store.current()["parks"] == first


def test_an_edit_becomes_version_two_whose_unchanged_shapes_are_the_stored_ones(
    store: Store, first: Any, tmp_path: Path
) -> None:
    before = store.read("parks")
    second = publish_parks(store, write_parks(tmp_path / "b.gpkg", EDITED))
    assert (second.number, second.parent) == (2, first.number)
    after = store.read("parks")
    assert after.geometry.to_wkb().tolist() == before.geometry.to_wkb().tolist()
    assert store.read("parks", 1)["board"].isna().all()


def test_warnings_stop_publishing_until_they_are_accepted(store: Store, tmp_path: Path) -> None:
    shapes = [*squares(9), squares(9)[0].buffer(1)]
    check = checked(store, write_parks(tmp_path / "overlap.gpkg", shapes=shapes))
    assert check.outcome == "accept-with-warning"
    assert "OVERLAP" in codes(check)
    with pytest.raises(FindingsError, match="warnings"):
        publish(store, check, by="张三")
    assert publish(store, check, by="张三", accept_warnings=True).number == 1


def test_errors_can_not_be_accepted(store: Store, tmp_path: Path) -> None:
    rows = [{**row, "park_id": "same"} for row in ROWS]
    check = checked(store, write_parks(tmp_path / "keys.gpkg", rows))
    assert "DUPLICATE_KEY" in codes(check)
    with pytest.raises(FindingsError, match="errors"):
        publish(store, check, by="张三", accept_warnings=True, accept_loss=True)
    assert store.current() == {}


@pytest.mark.parametrize(
    ("code", "upload"),
    [
        ("MASS_REMOVAL", {"rows": ROWS[:7]}),
        (
            "ALL_KEYS_NEW",
            {"rows": [{**row, "park_id": f"N{row['park_id']}"} for row in ROWS], "shapes": squares(shift=50)},
        ),
        ("SHIFTED", {"rows": EDITED, "shapes": squares(shift=30)}),
    ],
)
@pytest.mark.usefixtures("first")
def test_a_loss_needs_a_second_yes(store: Store, tmp_path: Path, code: str, upload: dict[str, Any]) -> None:
    check = checked(store, write_parks(tmp_path / "loss.gpkg", **upload))
    assert code in codes(check)
    with pytest.raises(FindingsError, match=code):
        publish(store, check, by="张三", accept_warnings=True)
    assert publish(store, check, by="张三", accept_warnings=True, accept_loss=True).number == 2


def test_a_column_that_was_filled_and_is_empty_now_is_a_loss(store: Store, tmp_path: Path) -> None:
    publish_parks(store, write_parks(tmp_path / "a.gpkg", EDITED))
    assert "ATTRIBUTES_LOST" in codes(checked(store, write_parks(tmp_path / "b.gpkg")))


@pytest.mark.usefixtures("first")
def test_only_changes_adds_and_replaces_and_removes_nothing(store: Store, tmp_path: Path) -> None:
    rows = [{"park_id": "YQ-02", "name": "改名"}, {"park_id": "YQ-11", "name": "园区十一"}]
    shapes = [squares(2)[1], squares(12)[11]]
    check = checked(store, write_parks(tmp_path / "c.gpkg", rows, shapes), Choices(only_changes=True))
    assert check.diff is not None
    assert check.diff.counts() == {"added": 1, "removed": 0, "changed": 1, "unchanged": 9}
    assert publish(store, check, by="张三", accept_warnings=True).features == 11


def test_a_rollback_is_a_new_version_with_the_old_content_and_can_be_rolled_back(
    store: Store, first: Any, tmp_path: Path
) -> None:
    second = publish_parks(store, write_parks(tmp_path / "b.gpkg", EDITED))
    third = rollback(store, "parks", 1, by="王五")
    assert (third.number, third.content_hash, third.current) == (3, first.content_hash, True)
    assert rollback(store, "parks", 2, by="王五").content_hash == second.content_hash
    with pytest.raises(NoChangeError):
        rollback(store, "parks", 4, by="王五")
    assert store.audit()["action"].tolist() == ["rollback", "rollback", "publish", "publish"]


def test_the_mark_of_illustrative_data_is_inherited_until_someone_says_they_are_real(
    store: Store, tmp_path: Path
) -> None:
    assert publish_parks(store, write_parks(tmp_path / "a.gpkg"), sample=True).illustrative
    assert publish_parks(store, write_parks(tmp_path / "b.gpkg", EDITED)).illustrative
    assert rollback(store, "parks", 1, by="王五").illustrative
    assert not publish_parks(store, write_parks(tmp_path / "b.gpkg", EDITED), real_data=True).illustrative


@pytest.mark.usefixtures("first")
def test_a_publisher_who_saw_an_older_version_is_refused(store: Store, tmp_path: Path) -> None:
    late = checked(store, write_parks(tmp_path / "late.gpkg", [{**row, "name": "别名"} for row in ROWS]))
    publish_parks(store, write_parks(tmp_path / "b.gpkg", EDITED))
    with pytest.raises(BaseChangedError, match="moved on"):
        publish(store, late, by="李四")
    assert store.current()["parks"].number == 2


@pytest.mark.usefixtures("first")
def test_a_named_base_that_is_not_current_is_refused_before_anything_else(store: Store, tmp_path: Path) -> None:
    same = checked(store, write_parks(tmp_path / "same.gpkg"))
    with pytest.raises(BaseChangedError, match="moved on"):
        publish(store, same, by="李四", base=7)
    old = checked(store, write_parks(tmp_path / "old.gpkg", [{**row, "name": "别名"} for row in ROWS]))
    publish_parks(store, write_parks(tmp_path / "b.gpkg", EDITED), base=1)
    with pytest.raises(BaseChangedError):
        publish(store, old, by="李四", base=2)
    assert len(store.versions("parks")) == 2


@pytest.mark.usefixtures("first")
def test_an_accepted_rename_is_one_change_and_no_loss(store: Store, tmp_path: Path) -> None:
    rows = [{**row, "park_id": f"N-{row['park_id']}"} for row in ROWS]
    path = write_parks(tmp_path / "renamed.gpkg", rows)
    offered = checked(store, path)
    assert {"RENAMED", "MASS_REMOVAL", "ALL_KEYS_NEW"} <= codes(offered)
    accepted = checked(store, path, Choices(accept_rename=True))
    assert accepted.diff is not None
    assert accepted.diff.counts() == {"added": 0, "removed": 0, "changed": 10, "unchanged": 0}
    assert accepted.outcome == "accept"
    before = store.read("parks")
    publish(store, accepted, by="张三")
    assert store.read("parks").geometry.to_wkb().tolist() == before.geometry.to_wkb().tolist()


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("who", ["", "  "])
def test_nobody_can_not_publish(store: Store, tmp_path: Path, who: str) -> None:
    check = checked(store, write_parks(tmp_path / "b.gpkg", EDITED))
    with pytest.raises(RefusedError, match="name is empty"):
        publish(store, check, by=who)
    with pytest.raises(RefusedError, match="name is empty"):
        rollback(store, "parks", 1, by=who)


def test_a_rollback_to_a_version_whose_object_is_lost_is_refused(store: Store, first: Any, tmp_path: Path) -> None:
    second = publish_parks(store, write_parks(tmp_path / "b.gpkg", EDITED))
    store.objects.path(first.clean_object).unlink()
    with pytest.raises(StoreError, match="missing"):
        rollback(store, "parks", 1, by="张三")
    assert store.current()["parks"] == second


def test_an_unknown_column_of_mixed_values_is_kept_as_text(store: Store, tmp_path: Path) -> None:
    frame = clean_frame("parks", ROWS, squares()).to_crs(4527)
    path = tmp_path / "mixed.geojson"
    frame.to_file(path, driver="GeoJSON")
    document = json.loads(path.read_text())
    for number, feature in enumerate(document["features"]):
        feature["properties"]["remark"] = [1, "x", None, True, {"a": 1}][number % 5]
    path.write_text(json.dumps(document))
    publish_parks(store, path, accept_warnings=True)
    assert store.read("parks")["remark"].notna().sum() == 8


def test_files_dropped_together_are_kept_as_one_archive_of_them(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "dropped"
    folder.mkdir()
    clean_frame("parks", ROWS, squares()).to_crs(4527).to_file(folder / "parks.shp", encoding="UTF-8")
    one = publish_parks(store, folder, accept_warnings=True)
    with zipfile.ZipFile(store.objects.path(one.upload_object)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            path.name: path.read_bytes() for path in folder.iterdir()
        }


@pytest.mark.usefixtures("first")
def test_the_same_click_in_many_processes_publishes_once(store: Store, tmp_path: Path) -> None:
    check = checked(store, write_parks(tmp_path / "b.gpkg", EDITED))
    stores = [open_store(tmp_path / "data") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda each: publish(each, check, by="张三", idempotency_key="click"), stores))
    assert {version.number for version in done} == {2}
    assert len(store.versions("parks")) == 2
    assert is_ok(verify(store))


@pytest.mark.usefixtures("first")
def test_the_same_click_twice_publishes_once(store: Store, tmp_path: Path) -> None:
    check = checked(store, write_parks(tmp_path / "b.gpkg", EDITED))
    one = publish(store, check, by="张三", idempotency_key="click")
    assert publish(store, check, by="张三", idempotency_key="click") == one
    assert len(store.versions("parks")) == 2


@pytest.mark.usefixtures("first")
def test_of_many_publishers_at_once_exactly_one_wins_each_round(store: Store, tmp_path: Path) -> None:
    rivals = 4
    for turn in range(5):
        paths = [
            write_parks(tmp_path / f"{turn}-{rival}.gpkg", [{**row, "name": f"{turn}-{rival}"} for row in ROWS])
            for rival in range(rivals)
        ]
        checks = [checked(store, path) for path in paths]

        def race(check: Check) -> str:
            try:
                publish(store, check, by="张三")
            except BaseChangedError:
                return "refused"
            return "published"

        with ThreadPoolExecutor(rivals) as pool:
            assert sorted(pool.map(race, checks)) == ["published", *["refused"] * (rivals - 1)]
    assert [version.number for version in store.versions("parks")] == [1, 2, 3, 4, 5, 6]
    assert is_ok(verify(store))


@pytest.mark.parametrize("failure", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("where", ["upload-written", "objects", "clean-written"])
def test_a_full_or_broken_disk_leaves_the_old_version_and_a_clear_message(
    store: Store, first: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: int, where: str
) -> None:
    check = checked(store, write_parks(tmp_path / "b.gpkg", EDITED))
    real = os.fsync
    calls = {"objects": 1, "upload-written": 2, "clean-written": 3}[where]
    seen = 0

    def full(handle: int) -> None:
        nonlocal seen
        seen += 1
        if seen == calls:
            raise OSError(failure, os.strerror(failure))
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="Nothing was published"):
        publish(store, check, by="张三")
    monkeypatch.undo()
    assert store.current()["parks"] == first
    assert verify(store) == []
    assert publish(store, checked(store, tmp_path / "b.gpkg"), by="张三").number == 2


_PUBLISH = """
import sys
from pathlib import Path
from tests.geodata.publishing import open_store, publish_parks
publish_parks(open_store(Path(sys.argv[1])), Path(sys.argv[2]))
"""
STEPS = [
    "objects",
    "upload-written",
    "clean-written",
    "before-insert",
    "inserted",
    "pointer-moved",
    "before-commit",
    "committed",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.usefixtures("first")
def test_killed_at_any_step_the_store_is_whole(tmp_path: Path, step: str) -> None:
    upload = write_parks(tmp_path / "b.gpkg", EDITED)
    killed = subprocess.run(
        [sys.executable, "-c", _PUBLISH, str(tmp_path / "data"), str(upload)],
        env={**os.environ, "LIAOHE_TEST_KILL_AT": step},
        cwd=Path(__file__).parents[2],
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    again = open_store(tmp_path / "data")
    assert again.current()["parks"].number == (2 if step == "committed" else 1)
    assert len(again.read("parks")) == 10
    assert verify(again) == []
    assert again.left_in_staging() == []
    if step != "committed":
        assert publish_parks(again, upload).number == 2


def test_two_people_are_needed_where_the_setting_says_so(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data", two_people=True)
    check = checked(store, write_parks(tmp_path / "a.gpkg"))
    with pytest.raises(PendingError, match="second person"):
        publish(store, check, by="张三")
    asked = request(store, check, by="张三", idempotency_key="click")
    assert request(store, check, by="张三", idempotency_key="click") == asked
    assert store.current() == {}
    with pytest.raises(PendingError, match="another person"):
        approve(store, asked.id, by=" 张三 ")
    version = approve(store, asked.id, by="李四")
    assert (version.number, version.by) == (1, "张三")
    with pytest.raises(PendingError, match="no pending"):
        approve(store, asked.id, by="李四")


def test_a_rejected_request_publishes_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data", two_people=True)
    asked = request(store, checked(store, write_parks(tmp_path / "a.gpkg")), by="张三")
    reject(store, asked.id, by="李四")
    with pytest.raises(PendingError):
        approve(store, asked.id, by="李四")
    assert store.current() == {}
    assert is_ok(verify(store))


def test_every_damage_is_found_and_named(store: Store, first: Any) -> None:
    assert verify(store) == []
    clean, upload = store.objects.path(first.clean_object), store.objects.path(first.upload_object)
    content = bytearray(clean.read_bytes())
    content[len(content) // 2] ^= 1
    clean.chmod(0o644)
    clean.write_bytes(content)
    upload.unlink()
    (store.folder / "objects" / "note.txt").write_text("x")
    problems = {(problem.kind, Path(problem.what).name) for problem in verify(store)}
    assert problems == {("changed", first.clean_object), ("missing", first.upload_object), ("extra", "note.txt")}
    assert not is_ok(verify(store))
