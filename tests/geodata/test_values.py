"""Single values as offices write them; the readers never raise and never invent."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.schema import ROAD_CLASSES
from geodata.values import (
    How,
    as_text,
    as_texts,
    code_reader,
    looks_like_code,
    name_key,
    read_date,
    read_dates,
    read_flag,
    read_number,
    read_whole_number,
    trimmed,
)

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))


@pytest.mark.parametrize(
    "written",
    [
        "2019-03-05",
        "2019/3/5",
        "2019.3.5",
        "2019年3月5日",
        "2019年03月05号",
        "20190305",
        " 2019-3-5 ",
        "２０１９年３月５日",
        "二〇一九年三月五日",
        "2019-03-05 00:00:00",
        "2019/3/5 14:30",
        "2019-03-05T23:59:59",
        "2019-03-05T23:59:59.123",
    ],
)
def test_a_day_is_read_in_every_usual_form(written):
    assert read_date(written).value == date(2019, 3, 5)
    assert read_date(written).how == How.PLAIN


@given(DAYS, st.sampled_from(["{0}-{1}-{2}", "{0}/{1}/{2}", "{0}.{1}.{2}", "{0}年{1}月{2}日", "{0}{1:02}{2:02}"]))
def test_every_day_written_out_is_read_back(day, form):
    assert read_date(form.format(day.year, day.month, day.day)).value == day


@pytest.mark.parametrize(
    ("written", "last_day"),
    [
        ("2019-02", date(2019, 2, 28)),
        ("2020年2月", date(2020, 2, 29)),
        ("201911", date(2019, 11, 30)),
        ("2019.10", date(2019, 10, 31)),
        ("2019年", date(2019, 12, 31)),
        ("2019", date(2019, 12, 31)),
        ("2019年底", date(2019, 12, 31)),
        ("2019年第二季度", date(2019, 6, 30)),
        ("2019Q3", date(2019, 9, 30)),
        ("2019年上半年", date(2019, 6, 30)),
    ],
)
def test_a_date_known_to_its_period_counts_on_the_last_day(written, last_day):
    assert read_date(written).value == last_day
    assert read_date(written).how == How.MONTH


@pytest.mark.parametrize("written", ["现状", "existing", "Existing", "1900-01-01", "1900/1/1"])
def test_what_was_there_before_is_the_first_of_january_1900(written):
    assert read_date(written).value == date(1900, 1, 1)


@pytest.mark.parametrize("written", ["", " ", "-", "—", "无", "/", "NULL", "00000000", "0", "1899-12-30"])
def test_no_date_is_empty_and_not_bad(written):
    assert read_date(written) == read_date("")
    assert read_date(written).how == How.EMPTY


@pytest.mark.parametrize(
    "written",
    [
        "2019-02-30",
        "2019-13-01",
        "20191301",
        "5/3/2019",
        "19/3/5",
        "明年",
        "9999-12-31",
        "0019-03-05",
        "1800-01-01",
        "x",
    ],
)
def test_what_is_no_date_is_bad(written):
    assert read_date(written).how == How.BAD


def test_a_spreadsheets_day_is_counted_from_1899():
    assert read_date("43529").value == date(2019, 3, 5)
    assert read_date("43529.75").value == date(2019, 3, 5)
    assert read_date("43529").how == How.SERIAL
    assert read_date("12345").how == How.BAD  # 1933


def test_milliseconds_since_1970_are_a_day_in_china():
    # 2019-03-04 16:00 UTC is midnight of the 5th in China.
    assert read_date("1551715200000").value == date(2019, 3, 5)


@pytest.mark.parametrize(
    "written",
    ["2019-03-04T16:00:00Z", "2019-03-04T16:00:00+00:00", "2019-03-05T00:30:00+08:00", "2019-03-04 12:00-0500"],
)
def test_a_time_with_a_zone_is_a_day_in_china(written):
    assert read_date(written).value == date(2019, 3, 5)


@given(st.text(max_size=30))
def test_no_text_makes_a_reader_raise(written):
    for reader in (read_date, read_number, read_whole_number, read_flag, code_reader({})):
        answer = reader(written)
        assert (answer.value is None) == (answer.how in (How.BAD, How.EMPTY))


def test_columns_of_dates_are_taken_by_their_day():
    column = pd.Series(pd.to_datetime(["2019-03-05 13:00", None, "1900-01-01 00:00"]).astype("datetime64[ms]"))
    assert read_dates(column).values.tolist() == [date(2019, 3, 5), None, date(1900, 1, 1)]
    zoned = pd.Series(pd.to_datetime(["2019-03-04T16:00Z"]))
    assert read_dates(zoned).values.tolist() == [date(2019, 3, 5)]


def test_a_number_that_may_be_january_or_october_is_no_date():
    read = read_dates(pd.Series([2019.1, 20190305.0, 43529.0, 2019.0]))
    assert read.values.tolist() == [None, date(2019, 3, 5), date(2019, 3, 5), date(2019, 12, 31)]
    assert read.rows(How.BAD).tolist() == [0]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", 12),
        ("-3.5", -3.5),
        ("1e3", 1000),
        (".5", 0.5),
        ("１２．５", 12.5),
        ("1,234,567.5", 1234567.5),
        ("1，234", 1234),
        ("12 345", 12345),
        ("12000㎡", 12000),
        ("12000 平方米", 12000),
        ("1.2公顷", 12000),
        ("3亩", 2000),
        ("0.5 km²", 500000),
    ],
)
def test_areas_are_read_in_square_metres(written, number):
    assert read_number(written, unit="m2").value == pytest.approx(number)


def test_money_and_widths_are_read_in_their_units():
    assert read_number("3.2亿元", unit="100m_cny").value == 3.2
    assert read_number("5000万元", unit="100m_cny").value == pytest.approx(0.5)
    assert read_number("40米", unit="m").value == 40


@pytest.mark.parametrize(
    "written", ["约500", "500-600", "1,23", "1.234,5", "12 apples", "12亩", "inf", "1e999", "1_000"]
)
def test_what_is_no_number_is_bad(written):
    assert read_number(written, unit="m").how == How.BAD


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_back(number):
    assert read_number(repr(number)).value == number


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_thousands_separators_change_nothing(number):
    assert read_whole_number(f"{number:,}").value == number


def test_a_whole_number_may_be_chinese_and_no_fraction():
    assert [read_whole_number(each).value for each in ("3", "三", "第3", "十", "2018年", "3.0")] == [
        3,
        3,
        3,
        10,
        2018,
        3,
    ]
    assert read_whole_number("3.5").how == How.BAD


def test_per_cent_is_a_share():
    assert read_number("45%").value == pytest.approx(0.45)
    assert read_number("45％").how == How.PERCENT


@pytest.mark.parametrize("written", ["是", "true", "T", "Y", "1", "yes", "True"])
def test_yes(written):
    assert read_flag(written).value is True


@pytest.mark.parametrize("written", ["否", "FALSE", "f", "N", "0", "no"])
def test_no(written):
    assert read_flag(written).value is False


def test_a_flag_may_be_empty_or_bad():
    assert read_flag("").how == How.EMPTY
    assert read_flag("也许").how == How.BAD


def test_codes_are_read_by_spelling_and_by_number():
    read = code_reader(
        {name_key(said.in_("zh")): code for code, said in ROAD_CLASSES.items()}, numbered=tuple(ROAD_CLASSES)
    )
    assert read(" 主干路 ").value == "arterial"
    assert read("2").value == "arterial"
    assert read("2").how == How.NUMBERED
    assert read("5").how == How.BAD
    assert read("0").how == How.BAD


def test_an_open_code_is_kept_as_it_was_written():
    read = code_reader({"a": "A"}, keep_bad=True)
    assert (read(" 别的 ").value, read(" 别的 ").how) == ("别的", How.BAD)


def test_numbers_become_text_without_a_decimal_point():
    assert as_texts(pd.Series([7.0, None, 7.5])).tolist() == ["7", None, "7.5"]
    assert as_texts(pd.Series([True, False])).tolist() == ["True", "False"]
    assert as_text(date(2019, 3, 5)) == "2019-03-05"


def test_blanks_of_every_kind_are_trimmed():
    assert trimmed("\u3000 名称\xa0\ufeff\0") == "名称"


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "=1+1",
        '=HYPERLINK("http://x")',
        "@SUM(A1)",
        "+cmd|' /C calc'!A0",
        "'; DROP TABLE parcels; --",
        "1 UNION SELECT password FROM account",
        "a\u202eb",
    ],
)
def test_what_looks_like_code_is_noticed(written):
    assert looks_like_code(written)


@pytest.mark.parametrize("written", ["企业-017", "A<B", "3 < 5", "-", "+86 537", "规划横三路", "=", "select committee"])
def test_plain_text_is_not_taken_for_code(written):
    assert not looks_like_code(written)


@given(st.integers(min_value=0, max_value=40_000))
def test_a_zone_never_moves_a_date_by_more_than_a_day(days):
    day = date(1950, 1, 1) + timedelta(days=days)
    read = read_date(f"{day.isoformat()}T12:00:00Z").value
    assert read is not None
    assert abs((read - day).days) <= 1
