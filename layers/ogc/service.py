"""One request asked of pygeoapi. Importing this module imports pygeoapi, which takes a third of a second."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any, cast

import numpy as np
from pygeoapi.api import (
    API,
    CONFORMANCE_CLASSES,
    F_JSON,
    APIRequest,
    describe_collections,
    get_collection_schema,
    landing_page,
)
from pygeoapi.api.itemtypes import (
    CONFORMANCE_CLASSES_FEATURES,
    get_collection_item,
    get_collection_items,
    get_collection_queryables,
)
from pygeoapi.openapi import get_oas_30
from pygeoapi.util import str2bool
from starlette.datastructures import QueryParams
from starlette.requests import Request

from geodata.errors import UnknownLayerError
from geodata.i18n import Language, text
from geodata.schema import schema_of
from geodata.store import Store
from layers.ogc import documents
from layers.ogc.collection import Collection, Collections
from layers.ogc.documents import Document
from layers.ogc.provider import NAME, PublishedProvider
from layers.ogc.references import CRS84, REFERENCES, Area, QueryError, area_of

PAGE, LONGEST_PAGE = 100, 10_000
"""Features of a page, where nothing is asked, and at most."""
ITEM_PARAMETERS = (
    *("bbox", "bbox-crs", "crs", "datetime", "f", "lang", "limit", "offset"),
    *("properties", "resulttype", "skipGeometry", "sortby"),
)
"""What a page of features may be asked, beside the values of properties."""
_AREA_PARAMETERS = ("bbox", "bbox-crs")
_JSON, _GEOJSON = "application/json", "application/geo+json"
_SCHEMA, _OPENAPI = "application/schema+json", "application/vnd.oai.openapi+json;version=3.0"
_WHOLE_WORLD = (-180.0, -90.0, 180.0, 90.0)

_collections = Collections()


@dataclass(frozen=True)
class Answer:
    """What goes back: JSON text, its status and its headers."""

    body: str
    media_type: str = _JSON
    status: int = 200
    headers: Mapping[str, str] | None = None


class _RefusedError(Exception):
    """pygeoapi refused the request; carries its answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class _Asked(APIRequest):  # type: ignore[misc]
    """A request as pygeoapi takes it; answered in JSON whatever it accepts.

    It is not told of the `bbox`: it would turn two corners alone into the store's CRS, which is not exact, and take
    a quarter of a second for it. The provider has the area from us, and `documents.page_document` mends the links.
    """

    @staticmethod
    def _get_params(request: Request) -> QueryParams:
        return QueryParams([pair for pair in request.query_params.multi_items() if pair[0] not in _AREA_PARAMETERS])

    def _get_format(self, headers: Mapping[str, str]) -> str:  # noqa: ARG002
        return str(F_JSON)


class _Question:
    """One request: the published collections, pygeoapi with these as its configuration, and the language."""

    def __init__(self, store: Store, request: Request, base_url: str) -> None:
        self.request = request
        self.asked = _Asked(request, ["zh", "en"])
        self.language: Language = "en" if self.asked.locale.language == "en" else "zh"
        self.base_url = base_url
        self.layer: str | None = request.path_params.get("layer")
        versions = store.current()
        # A page of one layer doesn't wait for the others to be read.
        named = versions if self.layer is None else {self.layer: versions[self.layer]} if self.layer in versions else {}
        self.collections = {layer: _collections.of(store, version) for layer, version in named.items()}

    @property
    def collection(self) -> Collection:
        """The collection that the address names.

        Raises
        ------
        _RefusedError
            No layer of this name is published.
        """
        if self.layer not in self.collections:
            reason = text("Layer “{layer}” is not published.", layer=self.layer)
            try:
                schema_of(str(self.layer))
            except UnknownLayerError as error:
                reason = error.message
            raise _RefusedError(refusal(HTTPStatus.NOT_FOUND, "NotFound", reason.in_(self.language)))
        return self.collections[self.layer]

    def api(self, area: Area | None = None) -> API:
        """pygeoapi with the collections of this moment."""
        api = copy.copy(_api())
        api.base_url = self.base_url
        api.config = _config(self.base_url, self.collections, area=area, language=self.language)
        return api

    @property
    def fields(self) -> dict[str, Document]:
        """JSON Schema of each field of the collection, with its title."""
        return PublishedProvider(_provider(self.collection, area=None, language=self.language)).get_fields()

    def ask(
        self,
        function: Callable[..., tuple[dict[str, str], int, str]],
        *arguments: Any,
        area: Area | None = None,
    ) -> Document:
        """pygeoapi's document; `area` is what the request's `bbox` covers.

        Raises
        ------
        _RefusedError
            It refused.
        """
        _, status, body = function(self.api(area), self.asked, *arguments)
        if status != HTTPStatus.OK:
            raise _RefusedError(Answer(body, status=int(status)))
        return cast(Document, json.loads(body))


def answer(store: Store, request: Request, base_url: str, show: Callable[[_Question], Answer]) -> Answer:
    """The answer to a request for one of the documents below.

    Raises
    ------
    StoreError
        The store can't be read.
    """
    asked_format = request.query_params.get("f", F_JSON)
    try:
        if asked_format != F_JSON:
            raise QueryError(text("f: “{format}” is not offered; answers are JSON (f=json).", format=asked_format))
        return show(_Question(store, request, base_url))
    except QueryError as error:
        language: Language = "en" if _Asked(request, ["zh", "en"]).locale.language == "en" else "zh"
        return refusal(HTTPStatus.BAD_REQUEST, "InvalidParameterValue", error.in_(language))
    except _RefusedError as refused:
        return refused.answer


def refusal(status: HTTPStatus, code: str, description: str) -> Answer:
    """An answer in the standard's form for errors."""
    return Answer(_json({"code": code, "type": code, "description": description}), status=int(status))


def show_landing(question: _Question) -> Answer:
    """What there is."""
    return Answer(_json(documents.with_own_links(question.ask(landing_page))))


def show_conformance(_: _Question) -> Answer:
    """The classes of the standard that hold. pygeoapi's own answer grows a list of the module with each request."""
    return Answer(_json(documents.conformance_document([*CONFORMANCE_CLASSES, *CONFORMANCE_CLASSES_FEATURES])))


def show_openapi(question: _Question) -> Answer:
    """The OpenAPI document."""
    document = get_oas_30(question.api().config)
    return Answer(_json(documents.openapi_document(document)), _OPENAPI)


def show_collections(question: _Question) -> Answer:
    """Every published layer."""
    document = question.ask(describe_collections)
    described = [
        documents.collection_document(entry, question.collections[entry["id"]], question.language)
        for entry in document["collections"]
    ]
    return Answer(_json({**documents.with_own_links(document), "collections": described}))


def show_collection(question: _Question) -> Answer:
    """One published layer."""
    collection = question.collection
    document = question.ask(describe_collections, question.layer)
    return Answer(_json(documents.collection_document(document, collection, question.language)))


def show_schema(question: _Question) -> Answer:
    """The fields of a layer."""
    collection = question.collection
    document = question.ask(get_collection_schema, question.layer)
    return Answer(_json(documents.schema_document(document, collection, {})), _SCHEMA)


def show_queryables(question: _Question) -> Answer:
    """The fields by which a layer's features can be asked for: all of them."""
    collection = question.collection
    document = question.ask(get_collection_queryables, question.layer)
    return Answer(_json(documents.schema_document(document, collection, question.fields)), _SCHEMA)


def show_feature_schema(question: _Question) -> Answer:
    """A layer's features as JSON Schema."""
    document = documents.feature_schema_document(question.collection, question.fields, question.language)
    return Answer(_json(document), _SCHEMA)


def show_items(question: _Question) -> Answer:
    """A page of features."""
    collection, params = question.collection, question.request.query_params
    unknown = set(params) - {*ITEM_PARAMETERS, *collection.columns}
    if unknown:
        raise QueryError(
            text(
                "“{names}” is neither a parameter nor a field of layer “{layer}”. Parameters are {parameters}; fields"
                " are {fields}.",
                names=", ".join(sorted(unknown)),
                layer=question.layer,
                parameters=", ".join(ITEM_PARAMETERS),
                fields=", ".join(collection.columns),
            )
        )
    if "" in params.get("sortby", "key").split(","):  # pygeoapi would stumble
        raise QueryError(text("sortby: name a field, with a minus sign before it to sort downwards."))
    if "bbox-crs" in params and "bbox" not in params:
        raise QueryError(text("bbox-crs: there is no bbox beside it."))
    area = area_of(params["bbox"], params.get("bbox-crs")) if "bbox" in params else None
    document = question.ask(get_collection_items, question.layer, area=area)
    crs = params.get("crs") or CRS84
    features = collection.features(
        np.array(document["rows"], dtype=np.intp),
        crs=crs,
        properties=[name for name in params.get("properties", "").split(",") if name],
        geometry=not str2bool(params.get("skipGeometry", "")),
    )
    offset = int(params.get("offset") or 0)
    document["features_follow"] = offset + len(features) < document["numberMatched"]
    area_asked = {name: params[name] for name in _AREA_PARAMETERS if name in params}
    envelope = _json(documents.page_document(document, area_asked))
    body = f'{envelope[:-1]},"features":[{",".join(features)}]}}'
    return Answer(body, _GEOJSON, headers={"Content-Crs": f"<{crs}>"})


def show_item(question: _Question) -> Answer:
    """One feature."""
    _ = question.collection  # refused where there is none
    key = question.request.path_params["key"]
    document = question.ask(get_collection_item, question.layer, key)
    items_url = f"{question.base_url}/collections/{question.layer}/items"
    crs = question.request.query_params.get("crs") or CRS84
    body = _json(documents.feature_document(document, items_url=items_url, key=key))
    return Answer(body, _GEOJSON, headers={"Content-Crs": f"<{crs}>"})


@lru_cache(maxsize=1)
def _api() -> API:
    """pygeoapi with nothing configured; each request takes a copy and gives it the collections of that moment."""
    # It gives the process's root logger a handler that prints, unless there is one.
    root, placeholder = logging.getLogger(), logging.NullHandler()
    root.addHandler(placeholder)
    try:
        api = API(_config("", {}, area=None, language="zh"), openapi={})
    finally:
        root.removeHandler(placeholder)
    # It logs whatever it refuses as an error, with what the client wrote.
    logging.getLogger("pygeoapi").setLevel(logging.CRITICAL)
    return api


def _config(base_url: str, collections: Mapping[str, Collection], *, area: Area | None, language: Language) -> Document:
    """What pygeoapi would read from its file of settings."""
    nothing = {"name": "", "url": base_url}
    return {
        "server": {
            "url": base_url,
            "languages": ["zh", "en"],
            "limits": {"default_items": PAGE, "max_items": LONGEST_PAGE, "on_exceed": "throttle"},
        },
        "logging": {"level": "CRITICAL"},
        "metadata": {
            "identification": {
                "title": _both(documents.TITLE),
                "description": _both(text("The current layers, as they were published, for GIS applications.")),
                "keywords": [],
                "terms_of_service": "",
                "url": f"{base_url.removesuffix('/ogc')}/",
            },
            "license": nothing,
            "provider": nothing,
            "contact": nothing,
        },
        "resources": {
            layer: {
                "type": "collection",
                "title": _both(collection.schema.title),
                "description": _both(documents.describe(collection.version)),
                "keywords": [],
                "extents": {"spatial": {"bbox": list(collection.bounds or _WHOLE_WORLD), "crs": CRS84}},
                "providers": [_provider(collection, area=area, language=language)],
            }
            for layer, collection in collections.items()
        },
    }


def _provider(collection: Collection, *, area: Area | None, language: Language) -> Document:
    return {
        "name": NAME,
        "type": "feature",
        "data": collection,
        "area": area,
        "language": language,
        "crs": list(REFERENCES),
        # The store's coordinates are (lon, lat), which pygeoapi knows as this one.
        "storage_crs": CRS84,
    }


def _both(said: Any) -> dict[str, str]:
    return {"zh": said.in_("zh"), "en": said.in_("en")}


def _json(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
