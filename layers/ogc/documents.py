"""pygeoapi's documents made ours: what they lack is added, and what they offer and we don't is taken out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import quote, urlencode

from geodata.catalogue import Version
from geodata.exporting import ILLUSTRATIVE
from geodata.i18n import Language, Text, label, text
from geodata.schema import GeometryType, schema_of
from layers.ogc.collection import Collection
from layers.ogc.references import STORAGE

Document = dict[str, Any]

TITLE = label("蓼河新区规划一张图", "Liaohe New District planning map")
_NOT_OFFERED = ("/processes", "/jobs", "/TileMatrixSets", "/stac")
_CLASSES_NOT_OFFERED = ("/html", "/create-replace-delete")
_GEOMETRY_FORMATS: dict[GeometryType, str] = {
    "Point": "geometry-point-or-multipoint",
    "LineString": "geometry-linestring-or-multilinestring",
    "Polygon": "geometry-polygon-or-multipolygon",
}
_PARAMETERS_ELSEWHERE: dict[str, Document] = {
    "datetime": {
        "name": "datetime",
        "in": "query",
        "description": "A day, or an interval of days as 2019-01-01/2019-12-31 or ../2019-12-31; features one of whose"
        " dates falls in it.",
        "required": False,
        "schema": {"type": "string"},
        "style": "form",
        "explode": False,
    },
    "sortby": {
        "name": "sortby",
        "in": "query",
        "description": "Properties to sort by; a minus sign before one sorts it downwards.",
        "required": False,
        "schema": {"type": "array", "items": {"type": "string"}},
        "style": "form",
        "explode": False,
    },
    "featureId": {
        "name": "featureId",
        "in": "path",
        "description": "The feature's key.",
        "required": True,
        "schema": {"type": "string"},
    },
}
"""The parameters that pygeoapi describes by documents of other networks."""


def describe(version: Version) -> Text:
    """What a collection says of itself: its layer, version and data date, and whether it is illustrative."""
    if version.illustrative:
        return text(
            "{layer}, version {number}, data as of {day}. Illustrative data, not real.",
            layer=_title(version),
            number=version.number,
            day=version.data_date.isoformat(),
        )
    return text(
        "{layer}, version {number}, data as of {day}.",
        layer=_title(version),
        number=version.number,
        day=version.data_date.isoformat(),
    )


def attribution(version: Version) -> Text:
    """What whoever draws a collection has to write beside it."""
    return text("{title} ({remark})", title=TITLE, remark=ILLUSTRATIVE) if version.illustrative else TITLE


def with_own_links(document: Document) -> Document:
    """The document without links to what is not offered: HTML, JSON-LD, processes, tiles."""
    links = [link for link in document["links"] if _is_offered(link)]
    return {**document, "links": links}


def collection_document(document: Document, collection: Collection, language: Language) -> Document:
    """The description of a collection, with its version, its time and the CRS it is kept in."""
    version = collection.version
    first, last = collection.days
    extent = dict(document["extent"])
    if collection.date_fields:
        extent["temporal"] = {
            "interval": [[None if day is None else f"{day}T00:00:00+08:00" for day in (first, last)]],
        }
    described = with_own_links(document)
    [url] = [link["href"].partition("?")[0] for link in described["links"] if link["rel"] == "self"]
    by_schema = {"rel": "describedBy", "type": "application/schema+json", "title": "GeoJSON", "href": f"{url}/feature"}
    return {
        **described,
        # The relation is written describedby; GDAL looks for it with a capital letter.
        "links": [*described["links"], {**by_schema, "rel": "describedby"}, by_schema],
        "extent": extent,
        "storageCrs": STORAGE,
        "attribution": attribution(version).in_(language),
        "version": version.number,
        "dataDate": version.data_date.isoformat(),
        "illustrative": version.illustrative,
    }


def feature_schema_document(collection: Collection, fields: dict[str, Document], language: Language) -> Document:
    """A feature of the collection as JSON Schema: from it GDAL, and so QGIS, learns the fields' types.

    Each type stands alone, without "or null", which GDAL does not read; a property may be null all the same.
    """
    return {
        "title": collection.schema.title.in_(language),
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": {"type": "object"},
            "properties": {"type": "object", "properties": fields},
        },
    }


def schema_document(document: Document, collection: Collection, titles: dict[str, Document]) -> Document:
    """A schema or the queryables of a collection, with the titles of its fields and its type of geometry."""
    properties = {name: {**described, **titles.get(name, {})} for name, described in document["properties"].items()}
    properties["geometry"] = {
        **properties["geometry"],
        "format": _GEOMETRY_FORMATS[collection.schema.geometry],
    }
    return {**document, "properties": properties}


def page_document(document: Document, area_asked: dict[str, str]) -> Document:
    """The envelope of a page of features.

    `next` leads on only where more features follow; links among the pages carry the parameters of the area too.
    """
    page = with_own_links(document)
    for link in page["links"]:
        if area_asked and link["rel"] in ("self", "next", "prev"):
            link["href"] += "&" + urlencode(area_asked, safe=",", quote_via=quote)
    if not document["features_follow"]:
        page["links"] = [link for link in page["links"] if link["rel"] != "next"]
    return {name: value for name, value in page.items() if name not in ("features", "rows", "features_follow")}


def feature_document(document: Document, *, items_url: str, key: str) -> Document:
    """A feature with links that a key of any signs leaves whole."""
    feature = with_own_links(document)
    raw, safe = f"{items_url}/{key}", f"{items_url}/{quote(key, safe='/')}"
    for link in feature["links"]:
        if link["href"].startswith(raw):
            link["href"] = safe + link["href"].removeprefix(raw)
    return feature


def conformance_document(classes: Iterable[str]) -> Document:
    """The classes of the standard that hold here, of those that pygeoapi knows."""
    return {"conformsTo": sorted({name for name in classes if not name.endswith(_CLASSES_NOT_OFFERED)})}


def openapi_document(document: Document) -> Document:
    """The OpenAPI document of what is offered, without references to other networks."""
    paths = {
        path: {"get": _operation(operations["get"])}
        for path, operations in document["paths"].items()
        if not path.startswith(_NOT_OFFERED)
    }
    tags_used = {tag for operations in paths.values() for tag in operations["get"]["tags"]}
    components = document["components"]
    parameters = {**components["parameters"], "f": _json_alone(components["parameters"]["f"])}
    whole = {
        "openapi": document["openapi"],
        "info": {name: document["info"][name] for name in ("title", "description", "version")},
        "servers": document["servers"],
        "tags": [
            {"name": tag["name"], "description": tag["description"]}
            for tag in document["tags"]
            if tag["name"] in tags_used
        ],
        "paths": paths,
        "components": {**components, "parameters": parameters},
    }
    return cast(Document, _self_contained(whole))


def _title(version: Version) -> Text:
    return schema_of(version.layer).title


def _is_offered(link: Document) -> bool:
    is_json = "json" in link["type"] and "ld+json" not in link["type"]
    return link["rel"] == "about" or (is_json and not any(part in link["href"] for part in _NOT_OFFERED))


def _operation(operation: Document) -> Document:
    def is_offered(parameter: Document) -> bool:
        # Any other parameter is refused, whatever it is called.
        return not parameter.get("$ref", "").endswith("vendorSpecificParameters") and parameter.get("name") != "ui"

    return {**operation, "parameters": [entry for entry in operation.get("parameters", []) if is_offered(entry)]}


def _json_alone(parameter: Document) -> Document:
    return {**parameter, "schema": {**parameter["schema"], "enum": ["json"]}}


def _self_contained(node: Any) -> Any:
    """The same with every reference to a document of another network replaced by a description of our own."""
    if isinstance(node, list):
        return [_self_contained(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref", "")
    if not isinstance(reference, str) or not reference.startswith("http"):
        return {name: _self_contained(value) for name, value in node.items()}
    name = reference.rsplit("/", 1)[-1].removesuffix(".yaml")
    if "/parameters/" in reference:
        return _PARAMETERS_ELSEWHERE[name]
    return {"description": name} if "/responses/" in reference else {"type": "object"}
