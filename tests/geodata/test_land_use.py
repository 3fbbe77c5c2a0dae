"""Codes of older standards, and names, as national land-use codes."""

import pytest

from geodata.land_use import (
    FROM_GB_21010,
    FROM_GB_50137,
    GB_21010,
    GB_50137,
    NATIONAL,
    is_national,
    land_use_reader,
    may_be_gb_21010,
    standard_named,
    standard_of,
)
from geodata.values import How


def test_every_code_of_the_tables_is_a_national_one():
    assert [code for code in [*FROM_GB_50137.values(), *FROM_GB_21010.values()] if not is_national(code)] == []


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("07", "07"),
        ("0701", "0701"),
        ("070101", "070101"),
        ("居住用地", "07"),
        ("居住", "07"),
        ("Residential", "07"),
        ("工业用地", "1001"),
        ("0701 城镇住宅用地", "0701"),
        ("0701(城镇住宅用地)", "0701"),
        ("24", "24"),
    ],
)
def test_national_codes_are_kept_at_their_length_and_names_read(written, code):
    assert land_use_reader(NATIONAL)(written).value == code


@pytest.mark.parametrize(("written", "code"), [("701", "0701"), ("7", "07"), ("70101", "070101")])
def test_a_lost_leading_zero_is_put_back_and_told(written, code):
    read = land_use_reader(NATIONAL)(written)
    assert (read.value, read.how) == (code, How.LOST_ZERO)


@pytest.mark.parametrize("written", ["00", "25", "99", "0001", "绿", "XYZ", "07-", "1234567", "999"])
def test_unknown_codes_are_bad(written):
    assert land_use_reader(NATIONAL)(written).how == How.BAD


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("R2", "0701"),
        ("r22", "0702"),
        ("A33a", "0804"),
        ("B1 商业用地", "0901"),
        ("M3", "1001"),
        ("G1", "1401"),
        ("H22", "1202"),
        ("E1", "17"),
        ("B19", "0901"),
    ],
)
def test_letters_are_the_urban_standard_of_2011(written, code):
    read = land_use_reader(GB_50137)(written)
    assert (read.value, read.how) == (code, How.REWRITTEN)


def test_a_class_without_counterpart_is_left_to_a_person():
    assert land_use_reader(GB_50137)("H11").how == How.BAD
    assert land_use_reader(GB_50137)("H9").how == How.BAD


def test_of_mixed_uses_the_first_is_taken():
    read = land_use_reader(GB_50137)("B1/R2")
    assert (read.value, read.how) == ("0901", How.FIRST)
    assert land_use_reader(GB_50137)("R2B1").value == "0701"


@pytest.mark.parametrize(
    ("written", "code"),
    [("05", "09"), ("0601", "1001"), ("0604", "1101"), ("0702", "0703"), ("0810", "14"), ("1107", "1705")],
)
def test_the_land_survey_standard_of_2017_is_translated(written, code):
    assert land_use_reader(GB_21010)(written).value == code


def test_the_standard_is_guessed_from_letters_and_from_codes_beyond_the_national_list():
    assert standard_of(["R2", "B1", "工业用地"]) == GB_50137
    assert standard_of(["0701", "0810", "1104"]) == GB_21010
    assert standard_of(["0701", "1401"]) == NATIONAL
    assert standard_of(["0701", "0810", "1401"]) == NATIONAL  # 14 does not exist in GB/T 21010
    assert standard_of([]) == NATIONAL


def test_05_and_06_alone_could_be_either():
    assert may_be_gb_21010(["05", "07"])
    assert not may_be_gb_21010(["05", "14"])
    assert not may_be_gb_21010(["07", "08"])


def test_a_standard_is_known_by_its_usual_spellings():
    assert [
        standard_named(each) for each in ("GB 50137-2011", "gb50137", "GB/T 21010-2017", "GB/T21010", "National")
    ] == [
        GB_50137,
        GB_50137,
        GB_21010,
        GB_21010,
        NATIONAL,
    ]
    assert standard_named("GBJ 137-90") is None
