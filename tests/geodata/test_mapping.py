"""From a file's columns to a layer's fields."""

from datetime import date

import pandas as pd
import pytest
from geopandas import GeoDataFrame
from shapely.geometry import Point

from geodata.choices import Choices
from geodata.findings import Finding, Severity
from geodata.mapping import Mapped, before_and_after, example_row, field_guide, match_columns, row_examples, to_fields
from geodata.schema import DTYPES, EXISTING, LAYERS, schema_of

PARCELS = schema_of("parcels")
ROADS = schema_of("roads")


def columns_of(layer: str, *columns: str, chosen: dict[str, str] | None = None) -> Mapped:
    return match_columns(columns, schema_of(layer), chosen or {})


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def read(layer: str, choices: Choices | None = None, **columns: list[object]) -> tuple[GeoDataFrame, list[Finding]]:
    """A frame with these columns, by field name, read into the layer's fields; without findings about columns."""
    rows = len(next(iter(columns.values())))
    frame = GeoDataFrame(columns, geometry=[Point(0, 0)] * rows, crs="EPSG:4490")
    schema = schema_of(layer)
    mapped = match_columns(list(columns), schema, {})
    return to_fields(frame, schema, mapped, choices=choices or Choices())


# --- columns ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("schema", LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("way", ["name", "dbf", "zh", "gbk", "utf-8", "name cut"])
def test_every_layer_is_matched_without_a_word(schema, way):
    names = {
        "name": lambda field: field.name,
        "dbf": lambda field: field.dbf,
        "zh": lambda field: field.zh,
        "gbk": lambda field: field.zh.encode("gbk")[:10].decode("gbk", "ignore"),
        "utf-8": lambda field: field.zh.encode()[:10].decode("utf-8", "ignore"),
        "name cut": lambda field: field.name[:10],
    }[way]
    mapped = match_columns([names(field) for field in schema.fields], schema, {})
    assert list(mapped.columns.values()) == [field.name for field in schema.fields]
    assert (mapped.unknown, mapped.missing, mapped.findings) == ([], [], [])


def test_case_blanks_and_full_width_letters_do_not_matter():
    mapped = columns_of("roads", " road_id ", "Name", "ＣＬＡＳＳ", "红线 宽度")
    assert list(mapped.columns.values()) == ["road_id", "name", "road_class", "width_m"]


def test_pinyin_initials_are_taken_with_a_note():
    mapped = columns_of("roads", "DLBH", "MC", "dldj")
    assert mapped.columns == {"DLBH": "road_id", "MC": "name", "dldj": "road_class"}
    assert [(each.code, each.severity, each.count) for each in mapped.findings] == [("GUESSED_FIELD", Severity.NOTE, 3)]


def test_a_whole_name_goes_before_initials():
    mapped = columns_of("roads", "MC", "NAME", "ROAD_ID", "CLASS")
    assert mapped.columns["NAME"] == "name"
    assert mapped.unknown == ["MC"]
    assert codes(mapped.findings) == ["UNKNOWN_FIELD"]


def test_a_unit_in_brackets_behind_a_name_does_not_matter():
    assert columns_of("parcels", "登记面积(亩)").columns == {"登记面积(亩)": "area_recorded_m2"}
    assert columns_of("parcels", "登记面积（平方米）").columns == {"登记面积（平方米）": "area_recorded_m2"}


def test_the_second_column_of_one_name_is_not_taken():
    mapped = columns_of("roads", "NAME", "NAME (2)", "ROAD_ID", "CLASS")
    assert mapped.columns["NAME"] == "name"
    assert mapped.unknown == ["NAME (2)"]


def test_two_columns_of_one_field_are_an_error_that_names_both_until_one_is_chosen():
    mapped = columns_of("roads", "NAME", "名称", "ROAD_ID", "CLASS")
    (finding,) = [each for each in mapped.findings if each.code == "DUPLICATE_FIELD"]
    assert (finding.severity, finding.count, finding.field) == (Severity.ERROR, 2, "name")
    assert "NAME" in finding.message.in_("zh")
    assert "名称" in finding.message.in_("en")
    assert mapped.missing == []
    for chosen in ({"名称": "name"}, {"NAME": ""}):
        settled = columns_of("roads", "NAME", "名称", "ROAD_ID", "CLASS", chosen=chosen)
        assert settled.columns["名称"] == "name"
        assert settled.unknown == ["NAME"]
        assert codes(settled.findings) == ["UNKNOWN_FIELD"]


def test_two_columns_chosen_for_one_field_are_an_error():
    mapped = columns_of("roads", "A", "B", "ROAD_ID", "CLASS", chosen={"A": "name", "B": "name"})
    assert "DUPLICATE_FIELD" in codes(mapped.findings)


def test_a_choice_goes_before_every_name():
    mapped = columns_of("roads", "ROAD_ID", "CLASS", "NAME", "REMARK", chosen={"REMARK": "name", "NAME": ""})
    assert mapped.columns == {"ROAD_ID": "road_id", "CLASS": "road_class", "REMARK": "name"}


def test_a_choice_may_use_any_name_of_a_field_and_says_which_do_not_exist():
    mapped = columns_of("roads", "A", "B", chosen={"A": "道路编号", "B": "colour", "C": "name"})
    assert mapped.columns == {"A": "road_id"}
    errors = [each for each in mapped.findings if each.code == "UNKNOWN_FIELD" and each.severity is Severity.ERROR]
    assert "colour" in errors[0].message.in_("en")
    assert any("C" in each.message.in_("en") and each.severity is Severity.NOTE for each in mapped.findings)


def test_a_missing_required_field_is_an_error_for_each_that_names_its_columns():
    mapped = columns_of("roads", "NAME", "KIND_OF_ROAD")
    assert mapped.missing == ["road_id", "road_class"]
    findings = [each for each in mapped.findings if each.code == "MISSING_FIELD"]
    assert [each.severity for each in findings] == [Severity.ERROR] * 2
    assert "ROAD_ID" in findings[0].message.in_("zh")
    assert "道路编号" in findings[0].message.in_("zh")
    assert "KIND_OF_ROAD" in findings[1].message.in_("zh")


def test_a_ledger_needs_its_key_alone():
    assert match_columns(["ROAD_ID", "OPEN_ON"], ROADS, {}, required=["road_id"]).missing == []
    assert match_columns(["OPEN_ON"], ROADS, {}, required=["road_id"]).missing == ["road_id"]


def test_unknown_columns_are_one_note():
    mapped = columns_of("roads", "ROAD_ID", "NAME", "CLASS", "OBJECTID", "SHAPE_LENG")
    assert mapped.unknown == ["OBJECTID", "SHAPE_LENG"]
    assert [(each.code, each.severity, each.count) for each in mapped.findings] == [("UNKNOWN_FIELD", Severity.NOTE, 2)]


def test_the_beginning_of_several_names_is_a_cut_name_to_be_chosen():
    mapped = columns_of("parcels", "PARCEL_ID", "LAND_USE", "动工")
    (finding,) = mapped.findings
    assert (finding.code, finding.severity) == ("TRUNCATED_FIELD", Severity.WARNING)
    assert "动工日期、动工面积比" in finding.message.in_("zh")
    assert mapped.unknown == ["动工"]
    assert columns_of("parcels", "PARCEL_ID", "LAND_USE", "动工", chosen={"动工": "built_share"}).findings == []


def test_no_warning_for_a_beginning_whose_field_is_there():
    mapped = columns_of("projects", "PROJ_ID", "NAME", "投资亿元", "投资")
    assert codes(mapped.findings) == ["UNKNOWN_FIELD"]


# --- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("schema", LAYERS.values(), ids=LAYERS)
def test_every_layer_is_read_from_its_example_into_the_types_of_the_schema(schema):
    frame = GeoDataFrame({name: [value] for name, value in example_row(schema).items()}, geometry=[Point(0, 0)])
    mapped = match_columns(list(frame.columns[:-1]), schema, {})
    typed, findings = to_fields(frame, schema, mapped, choices=Choices())
    assert findings == []
    assert {name: str(dtype) for name, dtype in typed.dtypes.items() if name != "geometry"} == {
        field.name: DTYPES[field.kind] for field in schema.fields
    }
    assert typed.drop(columns="geometry").notna().all(axis=None)


@pytest.mark.parametrize("schema", LAYERS.values(), ids=LAYERS)
def test_a_layer_without_rows_keeps_its_types(schema):
    frame = GeoDataFrame({field.name: [] for field in schema.fields}, geometry=[])
    typed, findings = to_fields(frame, schema, match_columns(list(frame.columns[:-1]), schema, {}), choices=Choices())
    assert [str(dtype) for dtype in typed.dtypes[:-1]] == [DTYPES[field.kind] for field in schema.fields]
    assert findings == []


def test_fields_come_in_order_then_unknown_columns_untouched_then_the_geometry():
    frame = GeoDataFrame(
        {"X": [1.5, None], "CLASS": ["支路", "主干路"], "NAME": ["b", "a"], "ROAD_ID": [2, 1], "name": ["n", "m"]},
        geometry=[Point(0, 0), Point(1, 1)],
        crs="EPSG:4490",
    )
    mapped = match_columns(["X", "CLASS", "NAME", "ROAD_ID", "name"], ROADS, {"name": ""})
    typed, _ = to_fields(frame, ROADS, mapped, choices=Choices())
    assert list(typed.columns) == [*(field.name for field in ROADS.fields), "X", "name_2", "geometry"]
    assert typed["road_id"].tolist() == ["2", "1"]
    assert typed["X"].dtype == frame["X"].dtype
    assert typed["name_2"].tolist() == ["n", "m"]
    assert typed.crs == frame.crs


def test_a_ledger_without_geometry_stays_a_table():
    frame = pd.DataFrame({"ROAD_ID": ["1"], "OPEN_ON": ["2019-03-05"]})
    mapped = match_columns(list(frame), ROADS, {}, required=["road_id"])
    typed, findings = to_fields(frame, ROADS, mapped, choices=Choices())
    assert not isinstance(typed, GeoDataFrame)
    assert typed["opened_on"].tolist() == [pd.Timestamp("2019-03-05")]
    assert findings == []


def test_codes_are_read_in_chinese_english_code_and_number():
    typed, findings = read(
        "roads", road_id=list("abcd"), name=list("abcd"), road_class=["主干路", "Arterial", "arterial", "2"]
    )
    assert typed["road_class"].tolist() == ["arterial"] * 4
    assert [(each.code, each.severity, each.rows) for each in findings] == [("REPAIRED", Severity.NOTE, (3,))]


def test_axes_and_causes_of_delay_are_read():
    typed, _ = read("waterways", waterway_id=["1", "2"], name=["a", "b"], axis=["纵", "横"], axis_no=[1, 2])
    assert typed["axis"].tolist() == ["vertical", "horizontal"]
    typed, _ = read("parcels", parcel_id=["1", "2"], land_use=["07", "07"], delay_by=["政府", "企业原因"])
    assert typed["delay_by"].tolist() == ["government", "enterprise"]


def test_a_bad_code_is_an_error_in_a_required_field_and_a_warning_in_another():
    _, (finding,) = read("roads", road_id=["1", "2"], name=["a", "b"], road_class=["高速", "支路"])
    assert (finding.code, finding.severity, finding.rows) == ("BAD_CODE", Severity.ERROR, (0,))
    assert "第 1 行“高速”" in finding.message.in_("zh")
    typed, (finding,) = read("parcels", parcel_id=["1"], land_use=["07"], delay_by=["天气"])
    assert (finding.code, finding.severity) == ("BAD_CODE", Severity.WARNING)
    assert typed["delay_by"].isna().all()


def test_an_open_code_is_kept_with_a_warning():
    typed, (finding,) = read("parks", park_id=["1", "2"], name=["a", "b"], board=["低空经济", "华能如意"])
    assert typed["board"].tolist() == ["低空经济", "华能如意"]
    assert (finding.code, finding.severity, finding.rows) == ("BAD_CODE", Severity.WARNING, (0,))


def test_dates_are_read_and_bad_ones_named_by_row_and_left_empty():
    typed, (finding,) = read(
        "roads",
        road_id=list("abcd"),
        name=list("abcd"),
        road_class=["支路"] * 4,
        opened_on=["2019/3/5", "现状", "2019-02-30", None],
    )
    assert typed["opened_on"].tolist()[:2] == [pd.Timestamp("2019-03-05"), EXISTING]
    assert typed["opened_on"].isna().tolist() == [False, False, True, True]
    assert (finding.code, finding.severity, finding.rows, finding.field) == (
        "BAD_DATE",
        Severity.WARNING,
        (2,),
        "opened_on",
    )
    assert "第 3 行“2019-02-30”" in finding.message.in_("zh")


def test_a_column_of_which_no_date_can_be_read_is_an_error():
    _, (finding,) = read(
        "roads", road_id=["1", "2", "3"], name=["a"] * 3, road_class=["支路"] * 3, opened_on=["x", "y", None]
    )
    assert (finding.code, finding.severity) == ("BAD_DATE", Severity.ERROR)


def test_a_bad_or_empty_date_in_a_required_field_is_an_error():
    _, findings = read(
        "lighting", project_id=["1", "2", "3"], name=["a"] * 3, planned_on=["2019-02-30", None, "2019-03-05"]
    )
    assert [(each.code, each.severity, each.rows) for each in findings] == [
        ("BAD_DATE", Severity.ERROR, (0,)),
        ("MISSING_VALUE", Severity.ERROR, (1,)),
    ]


def test_a_date_known_to_the_month_is_a_note():
    typed, (finding,) = read("lighting", project_id=["1", "2"], name=["a", "b"], planned_on=["2019年2月", "2019-03-05"])
    assert typed["planned_on"].iloc[0] == pd.Timestamp("2019-02-28")
    assert (finding.code, finding.severity, finding.rows) == ("DATE_ROUGH", Severity.NOTE, (0,))


def parcels_with(**columns: list[object]) -> tuple[GeoDataFrame, list[Finding]]:
    rows = len(next(iter(columns.values())))
    return read("parcels", parcel_id=[str(row) for row in range(rows)], land_use=["07"] * rows, **columns)


def test_shares_between_0_and_1_are_taken_as_they_are():
    typed, findings = parcels_with(built_share=[0, 0.35, 1, None])
    assert typed["built_share"].tolist()[:3] == [0, 0.35, 1]
    assert findings == []


def test_shares_mostly_above_1_are_per_cent_with_before_and_after():
    typed, (finding,) = parcels_with(built_share=[0, 35, 100, 0.5])
    assert typed["built_share"].tolist() == pytest.approx([0, 0.35, 1, 0.005])
    assert (finding.code, finding.severity, finding.rows) == ("REPAIRED", Severity.WARNING, (1, 2, 3))
    assert "“35” → 0.35" in finding.message.in_("zh")


def test_exactly_half_above_1_is_not_per_cent():
    typed, (finding,) = parcels_with(built_share=[0, 35, 0.5])
    assert typed["built_share"].isna().tolist() == [False, True, False]
    assert (finding.code, finding.severity, finding.rows) == ("BAD_NUMBER", Severity.WARNING, (1,))


def test_per_cent_signs_make_shares_and_beyond_100_is_bad():
    typed, findings = parcels_with(invested_share=["45%", "120%", "0.2"])
    assert typed["invested_share"].iloc[0] == pytest.approx(0.45)
    assert typed["invested_share"].iloc[2] == pytest.approx(0.2)
    assert [(each.code, each.rows) for each in findings] == [("REPAIRED", (0, 1)), ("BAD_NUMBER", (1,))]


def test_numbers_with_separators_and_units_are_read_with_a_note():
    typed, (finding,) = parcels_with(area_recorded_m2=["12,000", "3亩", "5000", None])
    assert typed["area_recorded_m2"].tolist()[:3] == pytest.approx([12000, 2000, 5000])
    assert (finding.code, finding.severity, finding.rows) == ("REPAIRED", Severity.NOTE, (0, 1))


def test_a_unit_in_the_name_of_a_column_converts_its_bare_numbers_with_a_warning():
    typed, (finding,) = read(
        "parcels", **{"PARCEL_ID": ["1", "2", "3"], "LAND_USE": ["07"] * 3, "登记面积(亩)": ["3", "1,500", "1公顷"]}
    )
    assert typed["area_recorded_m2"].tolist() == pytest.approx([2000, 1_000_000, 10_000])
    assert (finding.code, finding.severity) == ("REPAIRED", Severity.WARNING)


def test_negative_and_infinite_numbers_are_bad():
    typed, (finding,) = parcels_with(area_recorded_m2=[-1.0, float("inf"), 3.0])
    assert typed["area_recorded_m2"].isna().tolist() == [True, True, False]
    assert (finding.code, finding.rows) == ("BAD_NUMBER", (0, 1))


def test_a_batch_is_a_year():
    typed, (finding,) = (
        read("relocation_zones", site_id=["1", "2", "3"], enterprise=["a"] * 3, batch=["2018", "2019年", "第一批"])[0],
        read("relocation_zones", site_id=["1", "2"], enterprise=["a"] * 2, batch=["2018", "1"])[1],
    )
    assert typed["batch"].tolist()[:2] == [2018, 2019]
    assert (finding.code, finding.severity, finding.rows) == ("BAD_NUMBER", Severity.ERROR, (1,))


def test_flags_are_read_and_bad_ones_left_empty():
    typed, (finding,) = parcels_with(inefficient=["是", "N", 1, "也许", None])
    assert typed["inefficient"].isna().tolist() == [False, False, False, True, True]
    assert typed["inefficient"].tolist()[:3] == [True, False, True]
    assert (finding.code, finding.severity, finding.rows) == ("BAD_CODE", Severity.WARNING, (3,))


def test_text_is_trimmed_with_a_note_and_blanks_are_empty():
    typed, findings = parcels_with(holder=["  企业-017\u3000", "", " "])
    assert typed["holder"].tolist()[0] == "企业-017"
    assert typed["holder"].isna().tolist() == [False, True, True]
    assert [(each.code, each.severity, each.rows) for each in findings] == [("REPAIRED", Severity.NOTE, (0,))]


def test_a_road_without_a_name_is_a_warning_and_a_layer_without_any_an_error():
    _, (finding,) = read("roads", road_id=["1", "2"], name=["a", None], road_class=["支路"] * 2)
    assert (finding.code, finding.severity, finding.rows) == ("MISSING_VALUE", Severity.WARNING, (1,))
    _, (finding,) = read("roads", road_id=["1", "2"], name=[None, ""], road_class=["支路"] * 2)
    assert (finding.code, finding.severity) == ("MISSING_VALUE", Severity.ERROR)


def test_text_that_looks_like_code_is_a_note_and_kept():
    typed, findings = read("parks", park_id=["1", "2"], name=["<b>x</b>", "园区七"], remark=["=1+1", "ok"])
    assert typed["name"].tolist() == ["<b>x</b>", "园区七"]
    assert typed["remark"].tolist() == ["=1+1", "ok"]
    assert [(each.code, each.severity, each.rows) for each in findings] == [
        ("SUSPICIOUS_TEXT", Severity.NOTE, (0,))
    ] * 2


def test_braces_in_a_value_do_not_break_a_message():
    _, (finding,) = parcels_with(delay_by=["{0} {count} %s", None])
    assert "{0} {count} %s" in finding.message.in_("zh")


# --- land use --------------------------------------------------------------------------------------------------------


def land_use(values: list[object], standard: str | None = None) -> tuple[GeoDataFrame, list[Finding]]:
    return read(
        "parcels",
        Choices(land_use_standard=standard),
        parcel_id=[str(row) for row in range(len(values))],
        land_use=values,
    )


def test_national_codes_are_kept_at_the_length_given():
    typed, findings = land_use(["07", "0701", "140101"])
    assert typed["land_use"].tolist() == ["07", "0701", "140101"]
    assert "land_use_original" not in typed
    assert findings == []


def test_701_is_read_as_0701_with_a_warning_from_text_and_from_numbers():
    for values in (["701", "0702"], [701.0, 1001.0], [701, 1001]):
        typed, (finding,) = land_use(values)
        assert typed["land_use"].iloc[0] == "0701"
        assert (finding.code, finding.severity, finding.rows) == ("BAD_CODE", Severity.WARNING, (0,))
        assert "“701” → 0701" in finding.message.in_("zh")


def test_letters_are_guessed_as_the_urban_standard_with_a_warning_and_the_original_kept():
    typed, (finding,) = land_use(["R2", "M1"])
    assert typed["land_use"].tolist() == ["0701", "1001"]
    assert typed["land_use_original"].tolist() == ["R2", "M1"]
    assert (finding.code, finding.severity) == ("REPAIRED", Severity.WARNING)
    assert "GB 50137-2011" in finding.message.in_("zh")


def test_a_standard_that_was_stated_is_a_note():
    typed, (finding,) = land_use(["05", "0701"], "GB/T 21010-2017")
    assert typed["land_use"].tolist() == ["09", "0701"]
    assert typed["land_use_original"].tolist() == ["05", "0701"]
    assert (finding.code, finding.severity) == ("REPAIRED", Severity.NOTE)


def test_codes_that_could_be_another_standard_are_a_note_until_it_is_stated():
    typed, (finding,) = land_use(["05", "0701"])
    assert typed["land_use"].tolist() == ["05", "0701"]
    assert (finding.code, finding.severity) == ("BAD_CODE", Severity.NOTE)
    assert land_use(["05", "0701"], "national")[1] == []


def test_an_unknown_land_use_or_standard_is_an_error():
    _, (finding,) = land_use(["07", "99"])
    assert (finding.code, finding.severity, finding.rows) == ("BAD_CODE", Severity.ERROR, (1,))
    _, findings = land_use(["07"], "GBJ 137-90")
    assert [(each.code, each.severity) for each in findings] == [("BAD_CODE", Severity.ERROR)]


def test_an_original_that_came_back_is_read_without_a_second_one():
    typed, findings = read("parcels", parcel_id=["1"], land_use=["0701"], land_use_original=["R2"])
    assert typed["land_use_original"].tolist() == ["R2"]
    assert "land_use_original_2" not in typed
    assert findings == []


# --- messages and the guide ------------------------------------------------------------------------------------------


def test_rows_are_counted_from_one_and_three_are_shown():
    assert row_examples([0, 4], ["a", "b"]).in_("zh") == "第 1 行“a”、第 5 行“b”"
    assert row_examples(range(9)).in_("en") == "row 1, row 2, row 3 …"


def test_pairs_are_shown_once():
    assert before_and_after(["12%", "12%"], [0.12, 0.12]).in_("en") == "“12%” → 0.12"


def test_the_guide_has_a_row_for_each_field_in_both_languages():
    for schema in LAYERS.values():
        for language in ("zh", "en"):
            guide = field_guide(schema, language)
            assert len(guide) == len(schema.fields)
            assert (guide != "").all(axis=None) or set(guide.columns[(guide == "").any()]) <= {"必填", "Required"}
    assert field_guide(ROADS).iloc[2].tolist() == [
        "道路等级",
        "CLASS",
        "road_class",
        "★",
        "expressway 快速路、arterial 主干路、secondary 次干路、branch 支路",
        "快速路",
    ]


def test_a_date_is_read_the_same_from_a_date_column():
    typed, findings = read("lighting", project_id=["1"], name=["a"], planned_on=pd.to_datetime(["2019-03-05"]).tolist())
    assert typed["planned_on"].dt.date.tolist() == [date(2019, 3, 5)]
    assert findings == []


def test_an_unknown_column_of_mixed_or_nested_values_becomes_text():
    typed, findings = read("parks", park_id=["1", "2", "3"], name=["a"] * 3, remark=[[1, 2], 3, None])
    assert typed["remark"].tolist()[:2] == ["[1, 2]", "3"]
    assert typed["remark"].isna().tolist() == [False, False, True]
    assert findings == []


def test_nested_values_in_a_field_are_bad_and_not_an_accident():
    _, (finding,) = parcels_with(built_share=[{"a": 1}, 0.5])
    assert (finding.code, finding.rows) == ("BAD_NUMBER", (0,))
