from datetime import date

import pandas as pd
import pytest

from geodata.schema import EXISTING
from layers import formats


@pytest.mark.parametrize(
    ("area_m2", "unit", "language", "shown"),
    [
        (10_000, "ha", "zh", "1.00 公顷"),
        (10_000, "ha", "en", "1.00 ha"),
        (10_000, "mu", "zh", "15.0 亩"),  # 1 ha = 15 mu
        (42_000_000, "mu", "zh", "6.30 万亩"),  # the district: 63,000 mu
        (42_000_000, "mu", "en", "63,000 mu"),
        (42_000_000, "km2", "zh", "42.0 km²"),
        (1_234_567, "ha", "en", "123 ha"),
        (500, "ha", "en", "0.05 ha"),
        (500, "km2", "en", "0.0005 km²"),
        (0, "ha", "en", "0.00 ha"),
        (None, "ha", "en", "–"),
        (float("nan"), "mu", "zh", "–"),
    ],
)
def test_an_area_is_written_in_its_unit_with_digits_that_mean_something(area_m2, unit, language, shown):
    assert formats.area(area_m2, unit, language) == shown


@pytest.mark.parametrize(("length_m", "shown"), [(999, "999 m"), (1000, "1.00 km"), (25_040, "25.04 km"), (None, "–")])
def test_a_length_turns_to_kilometres_from_one_kilometre_on(length_m, shown):
    assert formats.length(length_m, "en") == shown


def test_numbers_have_thousands_separators_and_a_true_minus():
    assert formats.number(1_234_567.891, 1) == "1,234,567.9"
    assert formats.number(-3) == "−3"
    assert formats.number(None) == "–"


def test_a_share_is_said_in_per_cent_and_may_pass_a_hundred():
    assert formats.share(0.932) == "93.2%"
    assert formats.share(1.05, 0) == "105%"
    assert formats.share(None) == "–"


def test_dates_are_written_as_each_language_does():
    assert formats.day(date(2020, 2, 9), "zh") == "2020年2月9日"
    assert formats.day(date(2020, 2, 9), "en") == "9 Feb 2020"
    assert formats.month(date(2018, 12, 1), "zh") == "2018年12月"
    assert formats.month(date(2018, 12, 1), "en") == "Dec 2018"


def test_what_was_there_before_all_records_is_existing_and_what_has_not_happened_a_dash():
    assert formats.day(EXISTING, "zh") == "现状"
    assert formats.day(pd.NaT, "zh") == "–"
