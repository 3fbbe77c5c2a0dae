"""The layers as OGC API – Features, asked as a GIS asks: each answer held against the published frames."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame
from shapely import box
from shapely.geometry import shape

from geodata.errors import StoreError
from geodata.i18n import text
from geodata.publish import publish
from geodata.store import Store
from layers.ogc import build_routes, documents
from layers.ogc.collection import Collection
from layers.ogc.references import area_of
from layers.routes import build_routes as build_all_routes
from tests.geodata.clean_frames import EAST, NORTH
from tests.geodata.publishing import close_stores, held, open_store, renamed
from tests.layers.asgi import Answer, Client

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
HERE = {"Host": "plan.example:8501"}
BASE = "http://plan.example:8501/ogc"


@pytest.fixture(scope="module")
def client(store: Store) -> Client:
    return Client(build_routes(lambda: store))


@pytest.fixture(scope="module")
def parcels(store: Store) -> GeoDataFrame:
    return store.read("parcels")


def document(answer: Answer) -> Any:
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def items(client: Client, layer: str, **asked: object) -> Any:
    query = "&".join(f"{name.replace('_crs', '-crs')}={quote(str(value))}" for name, value in asked.items())
    return document(client.get(f"/ogc/collections/{layer}/items?{query}", headers=HERE))


def keys(page: Any) -> list[str]:
    return [feature["id"] for feature in page["features"]]


def link(page: Any, rel: str) -> str | None:
    found = [entry["href"] for entry in page["links"] if entry["rel"] == rel]
    return found[0] if found else None


def path_of(href: str) -> str:
    assert href.startswith(BASE)
    return f"/ogc{href.removeprefix(BASE)}"


# --- what there is ---------------------------------------------------------------------------------------------------


def test_the_landing_page_leads_to_everything(client: Client) -> None:
    landing = document(client.get("/ogc", headers=HERE))
    assert landing["title"] == "蓼河新区规划一张图"
    for rel in ("self", "service-desc", "conformance", "data"):
        assert client.get(path_of(str(link(landing, rel)))).status_code == 200
    assert link(landing, "about") == "http://plan.example:8501/"


def test_only_classes_that_hold_are_declared(client: Client) -> None:
    classes = document(client.get("/ogc/conformance"))["conformsTo"]
    for held_class in (
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-2/1.0/conf/crs",
    ):
        assert f"http://www.opengis.net/spec/{held_class}" in classes
    assert not [name for name in classes if name.endswith(("/html", "create-replace-delete"))]
    assert document(client.get("/ogc/conformance"))["conformsTo"] == classes


def test_the_published_layers_are_the_collections(client: Client, store: Store) -> None:
    collections = document(client.get("/ogc/collections", headers=HERE))["collections"]
    assert [entry["id"] for entry in collections] == list(store.current())
    parcels = next(entry for entry in collections if entry["id"] == "parcels")
    assert parcels == document(client.get("/ogc/collections/parcels", headers=HERE))
    assert (parcels["title"], parcels["description"]) == ("用地", "用地，第 1 版，数据截至 2020-12-31。")
    assert parcels["crs"] == [CRS84, f"{EPSG}4490", f"{EPSG}4326", f"{EPSG}4548"]
    assert parcels["storageCrs"] == f"{EPSG}4490"
    assert parcels["extent"]["spatial"]["bbox"] == [pytest.approx(store.read("parcels").total_bounds.tolist())]
    # parcels-08 is 现状, so the beginning is open; the last day of any field is 2020-12-31
    assert parcels["extent"]["temporal"]["interval"] == [[None, "2020-12-31T00:00:00+08:00"]]


def test_a_layer_without_dates_has_no_time(client: Client) -> None:
    assert "temporal" not in document(client.get("/ogc/collections/district"))["extent"]


def test_an_illustrative_version_says_so(store: Store) -> None:
    version = replace(store.current()["parcels"], illustrative=True)
    assert "示例数据" in documents.describe(version).in_("zh")
    assert documents.attribution(version).in_("zh") == "蓼河新区规划一张图（示例数据）"
    assert documents.attribution(store.current()["parcels"]).in_("zh") == "蓼河新区规划一张图"


def test_titles_follow_the_language_of_the_reader(client: Client) -> None:
    for address in ("schema", "queryables"):
        chinese = document(client.get(f"/ogc/collections/parcels/{address}"))
        english = document(client.get(f"/ogc/collections/parcels/{address}", headers={"Accept-Language": "en-GB,en"}))
        assert chinese["properties"]["approved_on"] == {"type": "string", "format": "date", "title": "批准日期"}
        assert english["properties"]["approved_on"]["title"] == "Approved"
        assert chinese["properties"]["geometry"]["format"] == "geometry-polygon-or-multipolygon"
        assert chinese["properties"]["parcel_id"]["x-ogc-role"] == "id"


@pytest.mark.parametrize("language", ["*", "zz", ";q=", "en;q=x", ",,", "é"])
def test_an_odd_language_is_no_error(client: Client, language: str) -> None:
    assert client.get("/ogc", headers={"Accept-Language": language}).status_code == 200
    assert client.get(f"/ogc?lang={quote(language)}").status_code == 200


def test_the_openapi_document_needs_no_other_network(client: Client) -> None:
    whole = document(client.get("/ogc/openapi", headers=HERE))
    assert whole["servers"][0]["url"] == BASE
    references = list(values_of("$ref", whole))
    assert references
    for reference in references:
        node: Any = whole
        assert reference.startswith("#/")
        for part in reference[2:].split("/"):
            node = node[part]
    items = whole["paths"]["/collections/parcels/items"]["get"]["parameters"]
    limit = next(entry for entry in items if entry.get("name") == "limit")
    assert (limit["schema"]["default"], limit["schema"]["maximum"]) == (100, 10_000)
    assert {"datetime", "land_use"} <= {entry.get("name") for entry in items}
    assert not [path for path in whole["paths"] if not path.startswith(("/collections", "/openapi", "/conformance"))][
        1:
    ]


def values_of(name: str, node: Any) -> Any:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == name:
                yield value
            yield from values_of(name, value)
    elif isinstance(node, list):
        for entry in node:
            yield from values_of(name, entry)


@pytest.mark.parametrize(
    "path", ["", "/collections", "/collections/parcels", "/collections/parcels/items?limit=2", "/conformance"]
)
def test_no_link_leads_to_what_is_not_offered(client: Client, path: str) -> None:
    for href in values_of("href", document(client.get(f"/ogc{path}", headers=HERE))):
        assert href.startswith("http://plan.example:8501/")
        if href != "http://plan.example:8501/":  # the application itself
            assert client.get(path_of(href)).status_code == 200, href


# --- features --------------------------------------------------------------------------------------------------------


def test_features_carry_the_published_values(client: Client, parcels: GeoDataFrame) -> None:
    page = items(client, "parcels")
    assert (page["numberMatched"], page["numberReturned"], len(page["features"])) == (9, 9, 9)
    assert keys(page) == parcels["parcel_id"].tolist()
    second = page["features"][1]["properties"]
    assert list(second) == [column for column in parcels.columns if column != "geometry"]
    assert (second["parcel_id"], second["supplied_on"], second["inefficient"]) == ("parcels-01", "2018-05-01", True)
    assert second["started_on"] is second["holder"] is second["built_share"] is None
    assert page["features"][8]["properties"]["completed_on"] == "1900-01-01"  # 现状, as exports carry it
    shapes = [shape(feature["geometry"]) for feature in page["features"]]
    assert shapely.equals_exact(shapes, parcels.geometry.to_numpy(), 0).all()


def test_whole_numbers_stay_whole(client: Client) -> None:
    assert [f["properties"]["axis_no"] for f in items(client, "waterways")["features"]] == [1, 2, 1]


def test_one_feature_is_found_by_its_key(client: Client) -> None:
    feature = document(client.get("/ogc/collections/parcels/items/parcels-03", headers=HERE))
    assert feature["type"] == "Feature"
    assert feature["properties"]["land_use"] == "1001"
    assert link(feature, "self") == f"{BASE}/collections/parcels/items/parcels-03?f=json"
    assert client.get("/ogc/collections/parcels/items/parcels-99").status_code == 404


@pytest.mark.parametrize("limit", [1, 3, 4, 9, 100])
def test_paging_walks_every_feature_once(client: Client, parcels: GeoDataFrame, limit: int) -> None:
    seen: list[str] = []
    pages = 0
    href: str | None = f"{BASE}/collections/parcels/items?limit={limit}&sortby=-land_use"
    while href:
        page = document(client.get(path_of(href), headers=HERE))
        assert page["numberMatched"] == 9
        assert (link(page, "prev") is None) == (not seen)
        seen += keys(page)
        pages += 1
        href = link(page, "next")
    assert sorted(seen) == parcels["parcel_id"].tolist()
    assert pages == -(-9 // limit)


def test_every_page_keeps_to_the_area_and_the_conditions(client: Client) -> None:
    west, south, east, north = EAST - 10, NORTH - 10, EAST + 10, NORTH + 450  # the five southern parcels
    asked = f"limit=2&land_use=1001&bbox={south},{west},{north},{east}&bbox-crs={quote(EPSG + '4548', safe='')}"
    href: str | None = f"{BASE}/collections/parcels/items?{asked.replace('&land_use=1001', '')}"
    seen: list[str] = []
    while href:
        page = document(client.get(path_of(href), headers=HERE))
        assert document(client.get(path_of(str(link(page, "self"))), headers=HERE))["numberMatched"] == 5
        seen += keys(page)
        href = link(page, "next")
    assert seen == [f"parcels-0{row}" for row in range(5)]
    assert keys(document(client.get(f"/ogc/collections/parcels/items?{asked}"))) == ["parcels-03", "parcels-04"]


def test_a_page_is_never_longer_than_ten_thousand(client: Client) -> None:
    assert items(client, "parcels", limit=99_999_999)["numberReturned"] == 9
    assert items(client, "parcels", offset=10**30)["features"] == []
    assert "limit=10000" not in json.dumps(items(client, "parcels", limit=5)["links"])


def test_features_are_only_counted_when_hits_are_asked_for(client: Client) -> None:
    page = items(client, "parcels", resulttype="hits")
    assert (page["numberMatched"], page["features"], link(page, "next")) == (9, [], None)


def test_properties_and_shapes_may_be_left_out(client: Client) -> None:
    [feature] = items(client, "parcels", properties="land_use,holder", skipGeometry="true", limit=1)["features"]
    assert feature["geometry"] is None
    assert feature["properties"] == {"land_use": "1701", "holder": None}


def test_columns_that_the_schema_does_not_know_are_given_and_asked_as_they_came(store: Store) -> None:
    frame = store.read("projects").assign(
        remark=["甲", None, "乙", "", "甲"],
        floors=pd.array([3, None, 5, 6, 7], dtype="Int64"),
        checked_at=pd.to_datetime(["2020-05-01 08:30", None, None, None, None]),
        ratio=[0.5, np.inf, np.nan, 1.0, 2.0],
    )
    frame.loc[1, "geometry"] = None
    collection = Collection(store.current()["projects"], frame[[*frame.columns.drop("geometry"), "geometry"]])
    first, second = (json.loads(feature) for feature in collection.features([0, 1]))
    unknown = ["remark", "floors", "checked_at", "ratio"]
    assert [first["properties"][name] for name in unknown] == ["甲", 3, "2020-05-01T08:30:00", 0.5]
    assert [second["properties"][name] for name in unknown] == [None, None, None, None]
    assert second["geometry"] is None
    assert collection.rows(where=[("remark", "甲")]).tolist() == [0, 4]
    assert collection.rows(where=[("remark", "")]).tolist() == [3]
    assert collection.rows(where=[("floors", "5")]).tolist() == [2]
    assert collection.rows(order=[("floors", True)]).tolist() == [4, 3, 2, 0, 1]
    assert 1 not in collection.rows(area=area_of("-180,-90,180,90", None))


# --- selecting -------------------------------------------------------------------------------------------------------


def test_bbox_finds_what_touches_it_in_metres_north_first(client: Client) -> None:
    # Parcel 2 covers 0–300 m east, 200–300 m north; parcel 1 ends 200 m east; parcel 3 begins 300 m north.
    corners = f"{NORTH + 150},{EAST + 250},{NORTH + 250},{EAST + 350}"
    assert keys(items(client, "parcels", bbox=corners, bbox_crs=f"{EPSG}4548")) == ["parcels-02"]


def test_bbox_in_metres_is_the_rectangle_itself_and_not_that_of_two_turned_corners(
    client: Client, parcels: GeoDataFrame
) -> None:
    drawn = parcels.to_crs("EPSG:4548")
    chance = np.random.default_rng(7)
    for _ in range(40):
        west, south = chance.uniform(-5000, 900), chance.uniform(-5000, 900)
        area = box(EAST + west, NORTH + south, EAST + west + 5000, NORTH + south + 5000)
        west, south, east, north = area.bounds
        found = keys(items(client, "parcels", bbox=f"{south},{west},{north},{east}", bbox_crs=f"{EPSG}4548"))
        assert found == parcels.loc[drawn.intersects(area), "parcel_id"].tolist()


@pytest.mark.parametrize("crs", [None, CRS84])
@pytest.mark.parametrize("with_heights", [False, True])
def test_bbox_in_degrees_is_what_shapely_finds(
    client: Client, parcels: GeoDataFrame, crs: str | None, with_heights: bool
) -> None:
    west, south, east, north = parcels.geometry.iloc[4].buffer(0.0003).bounds
    asked = {"bbox": f"{west},{south},0,{east},{north},9" if with_heights else f"{west},{south},{east},{north}"}
    if crs:
        asked["bbox-crs"] = crs
    expected = parcels.loc[parcels.intersects(box(west, south, east, north)), "parcel_id"].tolist()
    assert 1 < len(expected) < 9
    assert keys(items(client, "parcels", **asked)) == expected


@pytest.mark.parametrize("code", ["4490", "4326"])
def test_bbox_of_an_epsg_code_in_degrees_has_the_latitude_first(
    client: Client, parcels: GeoDataFrame, code: str
) -> None:
    west, south, east, north = parcels.geometry.iloc[0].bounds
    found = items(client, "parcels", bbox=f"{south},{west},{north},{east}", bbox_crs=f"{EPSG}{code}")
    assert keys(found)[0] == "parcels-00"
    assert items(client, "parcels", bbox=f"{west},{south},{east},{north}", bbox_crs=f"{EPSG}{code}")["features"] == []


def test_bbox_may_be_as_large_as_one_likes(client: Client) -> None:
    everywhere = "-1e300,-1e300,1e300,1e300"
    assert items(client, "parcels", bbox=everywhere, bbox_crs=f"{EPSG}4548")["numberMatched"] == 9
    assert items(client, "parcels", bbox=everywhere)["numberMatched"] == 9


def test_bbox_may_cross_the_180th_meridian(client: Client) -> None:
    assert items(client, "parcels", bbox="170,-80,-170,80")["numberMatched"] == 0
    assert items(client, "parcels", bbox="110,-80,-170,80")["numberMatched"] == 9


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2019-03-01", ["parcels-04"]),
        ("2019-12-01/2020-01-31", ["parcels-05", "parcels-06"]),
        ("../1999-12-31", ["parcels-08"]),
        ("/1999-12-31", ["parcels-08"]),
        ("2020-06-30/..", ["parcels-01", "parcels-02"]),
        ("2020-07-01/", ["parcels-01"]),
        ("2021-01-01/..", []),
        ("2019-03-01T/2019-03-01T", ["parcels-04"]),  # as GDAL writes days
        ("2019-02-28T16:00:00Z", ["parcels-04"]),  # midnight in China
        ("2019-02-28T15:59:59Z", []),
        ("2019-03-01T23:59:59+08:00", ["parcels-04"]),
    ],
)
def test_datetime_finds_features_one_of_whose_dates_falls_in_it(
    client: Client, asked: str, expected: list[str]
) -> None:
    assert keys(items(client, "parcels", datetime=asked)) == expected


@pytest.mark.parametrize(
    ("layer", "asked", "expected"),
    [
        ("parcels", {"land_use": "1001"}, ["parcels-03", "parcels-04"]),
        ("parcels", {"land_use": "1001", "approved_on": "2019-03-01"}, ["parcels-04"]),
        ("parcels", {"inefficient": "true"}, ["parcels-01"]),
        ("waterways", {"axis_no": "1"}, ["waterways-00", "waterways-02"]),
        ("projects", {"investment_100m_cny": "2"}, ["projects-01"]),
        ("projects", {"board": "大健康产业"}, ["projects-00", "projects-01"]),
        ("projects", {"board": ""}, []),
    ],
)
def test_values_of_fields_select(client: Client, layer: str, asked: dict[str, str], expected: list[str]) -> None:
    assert keys(items(client, layer, **asked)) == expected


def test_sorting_keeps_the_order_of_keys_among_equals(client: Client) -> None:
    assert keys(items(client, "waterways", sortby="-axis_no")) == ["waterways-01", "waterways-00", "waterways-02"]
    assert keys(items(client, "waterways", sortby="axis,-axis_no")) == ["waterways-00", "waterways-01", "waterways-02"]


@pytest.mark.parametrize("code", ["4490", "4326", "4548"])
def test_coordinates_in_another_crs_are_those_of_geopandas(client: Client, parcels: GeoDataFrame, code: str) -> None:
    answer = client.get(f"/ogc/collections/parcels/items?crs={quote(EPSG + code)}", headers=HERE)
    assert answer.headers["content-crs"] == f"<{EPSG}{code}>"
    found = shapely.get_coordinates([shape(feature["geometry"]) for feature in document(answer)["features"]])
    expected = shapely.get_coordinates(parcels.to_crs(f"EPSG:{code}").geometry.to_numpy())
    assert found[:, ::-1] == pytest.approx(expected, abs=1e-6 if code == "4548" else 1e-12)
    if code == "4548":
        assert found.min(axis=0) == pytest.approx([NORTH, EAST], abs=0.001)  # northing first, as the CRS has it
    one = document(client.get(f"/ogc/collections/parcels/items/parcels-00?crs={quote(EPSG + code)}"))
    assert shapely.get_coordinates(shape(one["geometry"])) == pytest.approx(found[:5])


# --- what can't be answered ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3",
        "bbox=a,b,c,d",
        "bbox=nan,0,1,1",
        "bbox=116,36,117,35",
        "bbox=",
        "bbox=116,35,117,36&bbox-crs=EPSG:4326",
        f"bbox=500000,3900000,400000,3950000&bbox-crs={EPSG}4548",
        f"bbox-crs={CRS84}",
        f"crs={EPSG}3857",
        "crs=EPSG:4326",
        "datetime=yesterday",
        "datetime=2019-13-01",
        "datetime=2020-01-01/2019-01-01",
        "datetime=..",
        "datetime=0001-01-01T00:00:00%2B14:00",
        "datetime=",
        "datetime=2019-01-01/2019-02-01/2019-03-01",
        "limit=0",
        "limit=-1",
        "limit=ten",
        "limit=1.5",
        "offset=-1",
        "offset=x",
        "sortby=nothing",
        "sortby=",
        "sortby=,land_use",
        "properties=nothing",
        "approved_on=soon",
        "inefficient=perhaps",
        "area_recorded_m2=much",
        "landuse=1001",
        "filter=land_use='1001'",
        "f=html",
        "f=csv",
    ],
)
def test_a_parameter_that_can_not_be_read_is_refused_with_a_reason(client: Client, query: str) -> None:
    answer = client.get(f"/ogc/collections/parcels/items?{query}")
    said = json.loads(answer.content)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json"), said
    assert set(said) == {"code", "type", "description"}
    assert len(said["description"]) > 5


def test_a_misspelt_field_is_named_with_those_there_are(client: Client) -> None:
    answer = client.get("/ogc/collections/parcels/items?landuse=1001", headers={"Accept-Language": "en"})
    said = json.loads(answer.content)["description"]
    assert said.startswith("“landuse” is neither a parameter nor a field of layer “parcels”.")
    assert "land_use" in said


def test_a_layer_without_dates_refuses_a_time(client: Client) -> None:
    answer = client.get("/ogc/collections/district/items?datetime=2019-01-01")
    assert answer.status_code == 400
    assert "district" in json.loads(answer.content)["description"]


@pytest.mark.parametrize("end", ["", "/schema", "/queryables", "/feature", "/items", "/items/x"])
@pytest.mark.parametrize("layer", ["roads", "nothing"])
def test_what_is_not_published_is_not_found(client: Client, layer: str, end: str) -> None:
    answer = client.get(f"/ogc/collections/{layer}{end}")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (404, "NotFound")
    assert layer in json.loads(answer.content)["description"]


def test_a_store_that_does_not_answer_is_told_as_json() -> None:
    def store_of() -> Store:
        raise StoreError(text("The store is away."))

    answer = Client(build_routes(store_of)).get("/ogc/collections")
    assert (answer.status_code, json.loads(answer.content)["description"]) == (503, "The store is away.")


# --- a running application -------------------------------------------------------------------------------------------


def test_a_new_version_is_served_at_once(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data")
    client = Client(build_routes(lambda: store))
    assert document(client.get("/ogc/collections"))["collections"] == []
    publish(store, held(store, tmp_path / "a.gpkg"), by="张三", sample=True)
    assert len(items(client, "parks")["features"]) == 10
    assert "示例数据" in document(client.get("/ogc/collections/parks"))["description"]
    publish(store, held(store, tmp_path / "b.gpkg", renamed("新园区")[:3]), by="张三", accept_loss=True)
    assert {feature["properties"]["name"] for feature in items(client, "parks")["features"]} == {"新园区"}
    described = document(client.get("/ogc/collections/parks"))
    assert (described["version"], described["illustrative"]) == (2, True)
    close_stores()


def test_many_may_ask_at_once(store: Store) -> None:
    client = Client(build_routes(lambda: store))
    layers = [*store.current()] * 6
    with ThreadPoolExecutor(8) as askers:
        pages = list(askers.map(lambda layer: items(client, layer, crs=f"{EPSG}4548", bbox="116,35,117,36"), layers))
    assert [page["numberMatched"] for page in pages] == [len(store.read(layer)) for layer in layers]


def test_keys_of_any_signs_have_links_that_lead_to_them(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data")
    client = Client(build_routes(lambda: store))
    odd = ["园区 1", "a/b?c#d", "100%"]
    rows = [{"park_id": key, "name": "示例"} for key in sorted(odd)]
    publish(store, held(store, tmp_path / "a.gpkg", rows), by="张三")
    for key in odd:
        feature = document(client.get(f"/ogc/collections/parks/items/{quote(key)}", headers=HERE))
        assert feature["id"] == key
        assert document(client.get(path_of(str(link(feature, "self"))), headers=HERE))["id"] == key
    close_stores()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Host": "10.1.2.3:8501"}, "http://10.1.2.3:8501/ogc"),
        (
            {
                "Host": "inner",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": "gis.example.cn",
                "X-Forwarded-Prefix": "/plan/",
            },
            "https://gis.example.cn/plan/ogc",
        ),
        ({"Host": "a.example", "X-Forwarded-Host": "b.example, c.example"}, "http://b.example/ogc"),
        ({"Host": 'x"y', "X-Forwarded-Proto": "javascript"}, "http://127.0.0.1:80/ogc"),
    ],
)
def test_links_lead_back_the_way_the_client_came(client: Client, headers: dict[str, str], expected: str) -> None:
    page = document(client.get("/ogc/collections/parcels/items?limit=2", headers=headers))
    assert link(page, "next") == f"{expected}/collections/parcels/items?offset=2&limit=2"
    assert client.get("/ogc", headers=headers).headers["cache-control"] == "private, no-cache"


def test_the_application_serves_it_beside_its_other_routes(store: Store) -> None:
    client = Client(build_all_routes(lambda: store, lambda: True))
    assert client.get("/ogc/").status_code == 200
    assert client.get("/ogc/collections/parcels/items").headers["content-type"] == "application/geo+json"


def test_pygeoapi_is_imported_at_the_first_request_and_leaves_the_logs_alone(store: Store) -> None:
    script = f"""
import logging, sys
from pathlib import Path
from geodata.settings import Settings
from geodata.store import Store
from layers.routes import build_routes
from tests.layers.asgi import Client
store = Store.open(Settings(data_dir=Path({str(store.folder)!r})))
client = Client(build_routes(lambda: store, lambda: True))
assert "pygeoapi" not in sys.modules
assert client.get("/ogc/collections/parcels/items?limit=x").status_code == 400
assert "pygeoapi" in sys.modules
assert logging.getLogger().handlers == []
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
