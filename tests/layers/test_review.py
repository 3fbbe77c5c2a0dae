"""The tiles of an upload under review: which feature is drawn as what, and how long they are kept."""

from __future__ import annotations

import os
import time

import pytest
from shapely import box

from geodata.diff import diff_layers
from geodata.findings import found
from geodata.i18n import text
from geodata.schema import schema_of
from geodata.store import Store
from layers import review, routes
from tests.geodata.clean_frames import clean_frame
from tests.layers.asgi import Client

SCHEMA = schema_of("parks")
NAMES = list(review.STATES)


def parks(names: str, *, shift: float = 0):
    rows = [{"park_id": name, "name": name.upper()} for name in names]
    shapes = [box(200 * ord(name), 0, 200 * ord(name) + 100, 100 + shift) for name in names]
    return clean_frame("parks", rows, shapes)


def drawn(frame) -> dict[str, list[str]]:
    states: dict[str, list[str]] = {}
    for step, label in zip(frame["steps"], frame["label"], strict=True):
        states.setdefault(NAMES[int(step)], []).append(label)
    return states


def test_changes_are_drawn_before_and_after():
    old, new = parks("abc"), parks("acd")
    new.loc[new["park_id"] == "c", "geometry"] = parks("c", shift=30).geometry.to_numpy()
    features = review.changes(old, new, diff_layers(old, new, SCHEMA), SCHEMA)
    assert drawn(features) == {"unchanged": ["a"], "removed": ["b"], "before": ["c"], "after": ["c"], "added": ["d"]}
    assert features["row"].tolist() == list(range(5))


def test_a_first_version_is_all_added():
    features = review.changes(None, parks("ab"), diff_layers(None, parks("ab"), SCHEMA), SCHEMA)
    assert drawn(features) == {"added": ["a", "b"]}


def test_a_row_has_the_colour_of_its_gravest_finding():
    findings = [
        found("SUSPICIOUS_TEXT", text("m"), rows=(0, 1)),
        found("BAD_DATE", text("m"), rows=(1, 2)),
        found("DUPLICATE_KEY", text("m"), rows=(2, 99)),
    ]
    assert drawn(review.places(parks("abcd"), findings, SCHEMA)) == {
        "unchanged": ["d"],
        "note": ["a"],
        "warning": ["b"],
        "error": ["c"],
    }


def test_tiles_are_written_once_and_served_to_who_knows_the_draft(store: Store):
    features = review.changes(None, parks("ab"), diff_layers(None, parks("ab"), SCHEMA), SCHEMA)
    url = review.write(store, "unguessable-number-0001", features)
    assert url is not None
    path = store.tiles_dir / url.removeprefix("/tiles/")
    made = path.stat().st_mtime_ns
    assert review.write(store, "unguessable-number-0001", features) == url
    assert path.stat().st_mtime_ns == made
    client = Client(routes.build_routes(lambda: store, lambda: True))
    assert client.get(url).status_code == 200
    assert client.get(url.replace("0001", "0002")).status_code == 404
    assert client.get("/tiles/draft/../parks/1.pmtiles").status_code == 404


def test_nothing_to_draw_has_no_address(store: Store):
    assert review.write(store, "unguessable-number-0001", review.places(parks(""), [], SCHEMA)) is None


def test_old_reviews_are_swept(store: Store):
    review.write(store, "unguessable-number-0003", review.places(parks("a"), [], SCHEMA))
    assert review.sweep(store) == 0
    folder = store.tiles_dir / review.LAYER / "unguessable-number-0003"
    os.utime(folder, (time.time() - 2 * 24 * 3600,) * 2)
    assert review.sweep(store) == 1
    assert not folder.exists()


@pytest.mark.parametrize("state", NAMES)
def test_every_state_has_words_in_both_languages(state: str):
    title, _ = review.STATES[state]
    assert title.in_("zh") != title.in_("en")


def test_repairs_are_drawn_before_and_after():
    placed, repaired = parks("abc"), parks("abc", shift=-20)
    features = review.repairs(placed, repaired, [1, 99], SCHEMA)
    assert drawn(features) == {"unchanged": ["a", "c"], "before": ["b"], "after": ["b"]}
    before, after = features.geometry[features["label"] == "b"]
    assert before.equals(placed.geometry.iloc[1])
    assert after.equals(repaired.geometry.iloc[1])
