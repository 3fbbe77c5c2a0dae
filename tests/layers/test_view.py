from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.filters import PLACE, Between, Inside, OneOf
from geodata.schema import LAYERS
from layers.view import AREA_UNITS, THEMES, Restored, Versus, ViewState, from_query

WHOLE = ViewState(
    language="zh",
    units="mu",
    as_of=date(2019, 6, 30),
    theme="land_use",
    layers={"roads": 1.0, "parcels": 0.6},
    selected=("parcels", "P.01 甲/乙"),
    centre=(116.66, 35.4),
    zoom=13.5,
    compare=date(2018, 12, 31),
    versus=("parcels", 3),
    layout="side",
    rule="parcels.near50.waterways",
    basemap="osm",
    section="land",
    story="0123456789abcdef",
    filters={
        ("parcels", "state"): OneOf(frozenset({"idle", "completed"})),
        (PLACE, "zone"): OneOf(frozenset({"SZ*1", "片区%二"})),
        ("greening", "planned_on"): Between(date(2019, 1, 1), date(2019, 6, 30)),
        (PLACE, "shape"): Inside(((116.6, 35.4), (116.7, 35.4), (116.65, 35.45))),
    },
)


def test_a_query_restores_the_view_it_was_made_from():
    restored = from_query(WHOLE.to_query())
    assert restored.view == WHOLE
    assert restored.broken == ()


@pytest.mark.parametrize("versus", [date(2018, 12, 31), "land_use", ("roads", 12)])
def test_what_the_map_is_compared_with_comes_back(versus: Versus):
    assert from_query(ViewState(versus=versus).to_query()) == Restored(ViewState(versus=versus))


def test_an_empty_query_leaves_everything_to_the_page():
    assert from_query({}).view == ViewState()
    assert from_query({}).broken == ()


def test_no_visible_layer_is_another_thing_than_layers_not_said():
    assert from_query(ViewState(layers={}).to_query()).view.layers == {}
    assert from_query(ViewState().to_query()).view.layers is None


def test_the_date_stands_in_the_query_as_people_write_it():
    assert from_query({"as_of": "2019-06-30"}).view.as_of == date(2019, 6, 30)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("v", "2"),
        ("compare", "2018"),
        ("versus", "2018"),
        ("versus", "nothing.3"),
        ("versus", "parcels.-1"),
        ("versus", "parcels.²"),
        ("layout", "above"),
        ("rule", "weather"),
        ("basemap", "No such!"),
        ("rule", "parcels.over9.corridors"),
        ("section", "weather"),
        ("story", "../ready"),
        ("f.parcels.colour", "red"),
        ("f.parcels.completed_on", "soon"),
        ("f.place.shape", "116_35"),
        ("f.nothing", "1"),
        ("language", "fr"),
        ("units", "acre"),
        ("as_of", "2019-02-30"),
        ("as_of", "0001-01-01"),
        ("as_of", "yesterday"),
        ("theme", "<script>"),
        ("layers", "roads.nothing"),
        ("layers", "parcels-200"),
        ("layers", "parcels-nan"),
        ("selected", "parcels."),
        ("selected", "nothing.1"),
        ("selected", "parcels." + "1" * 201),
        ("centre", "116.66"),
        ("centre", "nan_35"),
        ("centre", "1e400_35"),
        ("centre", "35.4_116.66"),
        ("zoom", "-1"),
        ("zoom", "inf"),
        ("something", "else"),
    ],
)
def test_a_broken_part_falls_back_alone_and_is_named(part, value):
    restored = from_query(WHOLE.to_query() | {part: value})
    assert len(restored.broken) == 1
    kept = {name: text for name, text in WHOLE.to_query().items() if name != part}
    assert restored.view == from_query(kept).view


@given(st.dictionaries(st.sampled_from([*WHOLE.to_query(), "x"]), st.text(max_size=40)))
def test_no_query_raises(query):
    from_query(query)


@given(
    st.builds(
        ViewState,
        language=st.sampled_from(["zh", "en", None]),
        units=st.sampled_from([*AREA_UNITS, None]),
        as_of=st.none() | st.dates(date(1950, 1, 1), date(2100, 1, 1)),
        theme=st.sampled_from([*THEMES, None]),
        layers=st.none() | st.dictionaries(st.sampled_from(list(LAYERS)), st.integers(0, 100).map(lambda n: n / 100)),
        selected=st.none() | st.tuples(st.sampled_from(list(LAYERS)), st.text(min_size=1, max_size=30)),
        zoom=st.none() | st.integers(0, 24).map(float),
    )
)
def test_any_view_survives_its_query(view):
    assert from_query(view.to_query()).view == view
