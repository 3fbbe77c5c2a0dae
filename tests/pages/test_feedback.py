from streamlit.testing.v1 import AppTest

from geodata import errors
from geodata.errors import GeodataError
from pages.ui import feedback


def test_every_error_of_ours_has_a_headline_of_its_own_or_its_parents():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, GeodataError)]
    assert len(kinds) > 4
    for kind in kinds:
        assert any(ancestor in feedback.HEADLINES for ancestor in kind.__mro__)


def test_an_unexpected_error_is_told_calmly_and_logged_under_its_number(capsys):
    def page():
        from pages.ui import feedback

        with feedback.explained():
            raise ZeroDivisionError("secret detail")

    app = AppTest.from_function(page).run()
    assert not app.exception
    (message,) = app.error
    assert "secret detail" not in message.value
    number = message.value.rpartition(" ")[2].rstrip(".")
    log = capsys.readouterr().out
    assert number in log
    assert "ZeroDivisionError" in log


def test_stopping_a_script_is_not_an_error():
    def page():
        import streamlit as st

        from pages.ui import feedback

        with feedback.explained():
            st.stop()

    assert not AppTest.from_function(page).run().error


def test_words_of_data_are_never_markup():
    assert feedback.plain("a*b [x](y) <b> $5$ :red[z]") == "a\\*b \\[x\\]\\(y\\) \\<b\\> \\$5\\$ \\:red\\[z\\]"
