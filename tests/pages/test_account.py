"""Who is signed in, and what that opens; the way through a provider is tried in tests/browser/test_sign_in.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from geodata import stories
from geodata.settings import Settings
from geodata.store import Store
from geodata.stories import Scene, Story
from tests.pages.conftest import OpenPage

SECRETS = {"auth": {"client_id": "plan"}}
WANG = {"is_logged_in": True, "name": "王晓明", "email": "wang@example.cn"}


pytestmark = pytest.mark.usefixtures("without_browser")


@pytest.fixture(autouse=True)
def store(published: Settings) -> Iterator[Store]:
    store = Store.open(published)
    for name, public in (("open", True), ("closed", False)):
        stories.save(store, Story(name, (Scene("first", {}, notes="hush"),), public=public))
    yield store
    for story in stories.read_stories(store):
        stories.drop(store, story)
    store.close()


def opened(open_page: OpenPage, path: str, *, user: dict[str, object] | None = None, secrets: bool = True) -> AppTest:
    """A page in an office with sign-in, for a stranger or for who is signed in."""
    app = open_page(path, language="en")
    if secrets:
        app.secrets["auth"] = SECRETS["auth"]
    app.user = user or {"is_logged_in": False}
    app.run()
    assert not app.exception
    return app


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key}


def test_without_secrets_nobody_signs_in_and_everything_is_open(open_page: OpenPage) -> None:
    app = opened(open_page, "present", secrets=False)
    assert {"open", "closed"} <= set(app.selectbox(key="story").options)
    assert not any(key.startswith(("sign_in", "sign_out")) for key in keys(app))


def test_a_stranger_sees_what_is_public_and_changes_nothing(open_page: OpenPage) -> None:
    app = opened(open_page, "present")
    assert "open" in app.selectbox(key="story").options
    assert "closed" not in app.selectbox(key="story").options
    app.selectbox(key="story").select_index(1).run()
    assert {"story_new", "story_drop", "scene_tool_drop"}.isdisjoint(keys(app))
    assert not app.text_area  # the form with the notes
    assert any("Sign in to make and change stories" in caption.value for caption in app.caption)
    assert any(key.startswith("sign_in_header") for key in keys(app))


def test_a_stranger_makes_no_scene_on_the_map(open_page: OpenPage) -> None:
    app = opened(open_page, "")
    assert "add_scene_now" not in keys(app)
    assert any("Sign in to do this" in info.value for info in app.info)


def test_the_signed_in_see_all_and_are_named_in_the_history(open_page: OpenPage, store: Store) -> None:
    app = opened(open_page, "present", user=WANG)
    assert {"open", "closed"} <= set(app.selectbox(key="story").options)
    app.text_input(key="story_name").set_value("mine")
    app.button(key="story_new").click().run()
    assert not app.exception
    made = next(story for story in stories.read_stories(store) if story.name == "mine")
    assert made.who == "王晓明 (wang@example.cn)"
    assert store.audit().iloc[0]["who"] == "王晓明 (wang@example.cn)"


def test_a_story_is_closed_and_opened_again(open_page: OpenPage, store: Store) -> None:
    app = opened(open_page, "present", user=WANG)
    story = next(each for each in stories.read_stories(store) if each.name == "open")
    app.selectbox(key="story").select(story.id).run()
    for expected in (False, True):
        story = next(each for each in stories.read_stories(store) if each.id == story.id)
        app.toggle(key=f"story_closed_{story.id}_{story.edition}").set_value(expected is False).run()
        assert not app.exception
        assert next(each for each in stories.read_stories(store) if each.id == story.id).public is expected


def test_who_publishes_is_the_signed_in_person_and_not_what_is_typed(open_page: OpenPage) -> None:
    app = opened(open_page, "history", user=WANG)
    assert "rollback_who" not in {field.key for field in app.text_input}
    stranger = opened(open_page, "programme")
    assert "upload_who" not in {field.key for field in stranger.text_input}


def test_secrets_that_can_not_be_read_open_nothing(
    open_page: OpenPage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    broken = tmp_path_factory.mktemp("secrets") / "secrets.toml"
    broken.write_text("[auth", encoding="utf-8")
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(broken)])
    try:
        app = opened(open_page, "present", secrets=False)
    finally:
        config.set_option("secrets.files", before)
    assert "closed" not in app.selectbox(key="story").options
    assert any("Signing in is not possible now" in caption.value for caption in app.caption)
