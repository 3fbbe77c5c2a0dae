"""The plugin through which pygeoapi asks a collection. Importing this module imports pygeoapi."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pygeoapi.provider.base import BaseProvider, ProviderInvalidQueryError, ProviderItemNotFoundError
from pygeoapi.util import CrsTransformSpec

from geodata.i18n import Language, text
from geodata.schema import Kind
from layers.ogc.collection import Collection
from layers.ogc.references import CRS84, QueryError

NAME = f"{__name__}.PublishedProvider"
"""How pygeoapi's configuration names the plugin."""

FIELD_TYPES: dict[Kind, dict[str, str]] = {
    Kind.TEXT: {"type": "string"},
    Kind.CODE: {"type": "string"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.NUMBER: {"type": "number"},
    Kind.INTEGER: {"type": "integer"},
    Kind.FLAG: {"type": "boolean"},
}
"""The JSON Schema of each kind of field."""
_DTYPE_KINDS = {"f": "number", "i": "integer", "u": "integer", "b": "boolean"}


class PublishedProvider(BaseProvider):  # type: ignore[misc]
    """Answers for one collection during one request.

    `provider_def` carries, beside what pygeoapi knows, the collection itself as `data`, the `area` of the
    request's `bbox`, and the `language` of messages.
    """

    def __init__(self, provider_def: dict[str, Any]) -> None:
        super().__init__(provider_def)
        self._collection: Collection = self.data
        self._area = provider_def["area"]
        self._language: Language = provider_def["language"]
        self.id_field = self._collection.schema.key
        # pygeoapi describes `datetime` where there is a time field, and calls the field of this name the only one
        # that it looks at. It looks at all of them, so none bears the name.
        self.time_field = "*" if self._collection.date_fields else None
        self._fields = self.get_fields()

    def get_fields(self) -> dict[str, dict[str, Any]]:
        """JSON Schema of each property."""
        return {name: self._field(name) for name in self._collection.columns}

    def query(
        self,
        *,
        offset: int,
        limit: int,
        resulttype: str,
        datetime_: str | None,
        properties: Sequence[tuple[str, str]],
        sortby: Sequence[dict[str, str]],
        **_: Any,
    ) -> dict[str, Any]:
        """The envelope of a page, without features: `rows` has their row numbers instead.

        The service puts the features in as text; as Python objects, a page of ten thousand would take seconds.

        Raises
        ------
        ProviderInvalidQueryError
            A parameter can't be read.
        """
        try:
            rows = self._collection.rows(
                area=self._area,
                during=datetime_,
                where=properties,
                order=[(entry["property"], entry["order"] == "-") for entry in sortby],
            )
        except QueryError as error:
            raise ProviderInvalidQueryError(user_msg=error.in_(self._language)) from error
        page = rows[:0] if resulttype == "hits" else rows[offset : offset + limit]
        return {
            "type": "FeatureCollection",
            "features": [],
            "rows": page.tolist(),
            "numberMatched": len(rows),
            "numberReturned": len(page),
        }

    def get(self, identifier: str, *, crs_transform_spec: CrsTransformSpec | None = None, **_: Any) -> dict[str, Any]:
        """The feature with a key.

        Raises
        ------
        ProviderItemNotFoundError
            There is none.
        """
        row = self._collection.row_of.get(identifier)
        if row is None:
            message = text("There is no feature “{key}”.", key=identifier)
            raise ProviderItemNotFoundError(user_msg=message.in_(self._language))
        [feature] = self._collection.features([row], crs=crs_of(crs_transform_spec))
        found: dict[str, Any] = json.loads(feature)
        return found

    def _field(self, name: str) -> dict[str, Any]:
        field = self._collection.fields.get(name)
        if field is None:
            kind = self._collection.frame[name].dtype.kind
            return {"type": _DTYPE_KINDS.get(kind, "string"), "title": name}
        described: dict[str, Any] = {**FIELD_TYPES[field.kind], "title": field.label.in_(self._language)}
        if field.unit:
            described["x-ogc-unit"] = field.unit
        if field.codes:
            # Not as `enum`: parcels carry four-digit codes, and boards and clusters may have others than these.
            described["description"] = "; ".join(
                f"{code} {name.in_(self._language)}" for code, name in field.codes.items()
            )
        return described


def crs_of(spec: CrsTransformSpec | None) -> str:
    """URI of the CRS that pygeoapi found asked for."""
    return CRS84 if spec is None else str(spec.target_crs_uri)
