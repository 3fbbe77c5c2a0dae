"""Publishing: all or nothing, one winner, nothing lost.

What an upload holds goes through the real reading and checks; what the store makes of it is tried on SQLite and on
PostgreSQL (`any_store`), with checks made without the process that reads.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geodata import drafts
from geodata.catalogue import Version
from geodata.check import Check
from geodata.choices import Choices
from geodata.content import content_hash
from geodata.errors import RefusedError, StoreError
from geodata.publish import (
    BaseChangedError,
    FindingsError,
    NoChangeError,
    PendingError,
    Request,
    approve,
    publish,
    reject,
    request,
    requests,
    rollback,
)
from geodata.schema import schema_of
from geodata.store import Store
from geodata.verify import verify
from tests.geodata.clean_frames import clean_frame
from tests.geodata.publishing import (
    ROWS,
    checked,
    flip_a_byte,
    held,
    open_store,
    publish_parks,
    renamed,
    squares,
    write_parks,
)

EDITED = [{**row, "board": "蓼河新区"} for row in ROWS]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "data")


@pytest.fixture
def any_store(tmp_path: Path, database_url: str | None) -> Store:
    return open_store(tmp_path / "data", database_url=database_url)


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


def test_the_mark_of_illustrative_data_is_inherited_until_someone_says_they_are_real(
    store: Store, tmp_path: Path
) -> None:
    assert publish_parks(store, write_parks(tmp_path / "a.gpkg"), sample=True).illustrative
    assert publish_parks(store, write_parks(tmp_path / "b.gpkg", EDITED)).illustrative
    assert rollback(store, "parks", 1, by="王五").illustrative
    assert not publish_parks(store, write_parks(tmp_path / "b.gpkg", EDITED), real_data=True).illustrative


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


def test_a_rollback_is_a_new_version_with_the_old_content_and_can_be_rolled_back(
    any_store: Store, tmp_path: Path
) -> None:
    first = publish(any_store, held(any_store, tmp_path / "a"), by="张三")
    second = publish(any_store, held(any_store, tmp_path / "b", EDITED), by="张三")
    third = rollback(any_store, "parks", 1, by="王五")
    assert (third.number, third.content_hash, third.current) == (3, first.content_hash, True)
    assert content_hash(any_store.read("parks"), schema_of("parks")) == first.content_hash
    assert rollback(any_store, "parks", 2, by="王五").content_hash == second.content_hash
    with pytest.raises(NoChangeError):
        rollback(any_store, "parks", 4, by="王五")
    assert any_store.audit()["action"].tolist() == ["rollback", "rollback", "publish", "publish"]
    assert verify(any_store) == []


def test_a_rollback_to_a_version_whose_object_is_lost_or_damaged_is_refused(any_store: Store, tmp_path: Path) -> None:
    first = publish(any_store, held(any_store, tmp_path / "a"), by="张三")
    second = publish(any_store, held(any_store, tmp_path / "b", EDITED), by="张三")
    flip_a_byte(any_store.objects.path(first.clean_object))
    with pytest.raises(StoreError, match="has changed"):
        rollback(any_store, "parks", 1, by="张三")
    any_store.objects.path(first.clean_object).unlink()
    with pytest.raises(StoreError, match="missing"):
        rollback(any_store, "parks", 1, by="张三")
    assert any_store.current()["parks"] == second


def test_a_publisher_who_saw_an_older_version_is_refused(any_store: Store, tmp_path: Path) -> None:
    publish(any_store, held(any_store, tmp_path / "a"), by="张三")
    late = held(any_store, tmp_path / "late", renamed("别名"))
    second = publish(any_store, held(any_store, tmp_path / "b", EDITED), by="张三")
    with pytest.raises(BaseChangedError, match="moved on"):
        publish(any_store, late, by="李四")
    assert any_store.current()["parks"] == second
    assert verify(any_store) == []


def test_who_comes_second_keeps_the_draft_and_sees_the_difference_to_the_winner(
    any_store: Store, tmp_path: Path
) -> None:
    publish(any_store, held(any_store, tmp_path / "a"), by="张三")
    with write_parks(tmp_path / "late.gpkg", renamed("别名")).open("rb") as file:
        draft = drafts.begin(any_store, "李四", "parks", {"late.gpkg": file}, Choices())
    late = checked(any_store, draft.path)
    publish(any_store, held(any_store, tmp_path / "b", [*EDITED[:9], ROWS[9]]), by="张三")
    with pytest.raises(BaseChangedError, match="your upload is kept"):
        publish(any_store, late, by="李四", idempotency_key=draft.id)
    assert drafts.latest(any_store, "李四") == draft
    again = checked(any_store, draft.path)
    assert again.diff is not None
    assert again.diff.counts() == {"added": 0, "removed": 0, "changed": 10, "unchanged": 0}
    assert {"name": ("园区1", "别名"), "board": ("蓼河新区", None)} in again.diff.attributes_changed.values()
    done = publish(any_store, again, by="李四", accept_warnings=True, accept_loss=True, idempotency_key=draft.id)
    assert done.number == 3


@pytest.mark.parametrize("who", ["", "  "])
def test_nobody_can_not_publish(any_store: Store, tmp_path: Path, who: str) -> None:
    check = held(any_store, tmp_path / "a")
    for act in (publish, request):
        with pytest.raises(RefusedError, match="name is empty"):
            act(any_store, check, by=who)
    with pytest.raises(RefusedError, match="name is empty"):
        rollback(any_store, "parks", 1, by=who)
    assert any_store.versions() == []


def test_the_standard_of_the_land_use_codes_is_kept_with_the_version(store: Store, tmp_path: Path) -> None:
    check = replace(checked(store, write_parks(tmp_path / "b.gpkg", EDITED)), land_use_standard="GB 50137-2011")
    assert publish(store, check, by="张三").decisions["land_use_standard"] == "GB 50137-2011"


def test_the_same_click_twice_publishes_once(any_store: Store, tmp_path: Path) -> None:
    check = held(any_store, tmp_path / "a")
    one = publish(any_store, check, by="张三", idempotency_key="click")
    assert publish(any_store, check, by="张三", idempotency_key="click") == one
    assert any_store.versions("parks") == [one]


@pytest.mark.parametrize("act", [publish, request])
def test_the_same_click_in_many_processes_counts_once(
    any_store: Store, tmp_path: Path, act: Callable[..., Version | Request]
) -> None:
    check = held(any_store, tmp_path / "a")
    url = any_store.settings.database_url
    stores = [open_store(tmp_path / "data", database_url=url) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda each: act(each, check, by="张三", idempotency_key="click"), stores))
    assert {each == done[0] for each in done} == {True}
    assert len(any_store.audit()) == 1
    assert verify(any_store) == []


def test_two_people_are_needed_where_the_setting_says_so(tmp_path: Path, database_url: str | None) -> None:
    store = open_store(tmp_path / "data", two_people=True, database_url=database_url)
    check = held(store, tmp_path / "a")
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
    assert store.audit()["action"].tolist() == ["approve", "request"]
    assert verify(store) == []


def test_of_two_requests_on_one_version_the_second_can_not_be_approved_any_more(
    tmp_path: Path, database_url: str | None
) -> None:
    store = open_store(tmp_path / "data", two_people=True, database_url=database_url)
    one, other = (request(store, held(store, tmp_path / name, renamed(name)), by="张三") for name in ("一", "二"))
    first = approve(store, one.id, by="李四")
    with pytest.raises(BaseChangedError):
        approve(store, other.id, by="李四")
    assert store.current()["parks"] == first
    reject(store, other.id, by="李四")
    assert [asked.state for asked in requests(store)] == ["approved", "rejected"]
    assert verify(store) == []


def test_a_request_approved_and_rejected_at_once_is_decided_once(tmp_path: Path, database_url: str | None) -> None:
    store = open_store(tmp_path / "data", two_people=True, database_url=database_url)
    asked = request(store, held(store, tmp_path / "a"), by="张三")

    def decide(act: Callable[..., Any]) -> str:
        try:
            act(store, asked.id, by="李四")
        except RefusedError:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, [approve, reject])) == ["done", "refused"]
    (decided,) = requests(store)
    assert (decided.state == "approved") == (len(store.versions()) == 1)
    assert len(store.audit()) == 2


def test_a_rejected_request_publishes_nothing(tmp_path: Path, database_url: str | None) -> None:
    store = open_store(tmp_path / "data", two_people=True, database_url=database_url)
    asked = request(store, held(store, tmp_path / "a"), by="张三")
    reject(store, asked.id, by="李四")
    with pytest.raises(PendingError):
        approve(store, asked.id, by="李四")
    assert store.current() == {}
    assert verify(store) == []
