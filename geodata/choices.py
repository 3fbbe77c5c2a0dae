"""The choices a person makes about an upload: the same for command line, page and draft."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Choices:
    """What was chosen where the file leaves a doubt. Empty means: decide by the rules, and say so."""

    layer_name: str | None = None
    """Which of several layers in the upload."""
    crs: str | None = None
    """CRS to take, as `EPSG:4527` (a bare number is accepted too)."""
    encoding: str | None = None
    """Encoding of the attribute table, for example `GB18030`."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """File column → schema field; an empty field name leaves the column unknown."""
    repairs: frozenset[str] = frozenset()
    """Finding codes whose offered repair is taken, for example `INVALID_GEOM`, `MISSING_SHX`."""
    swap_axes: bool = False
    """Whether the coordinates stand as (north, east) and are to be swapped."""
    accept_rename: bool = False
    """Whether a new key on an unchanged shape is a renamed feature."""
    land_use_standard: str | None = None
    """Standard of the land-use codes: `national`, `GB 50137-2011` or `GB/T 21010-2017`."""
    only_changes: bool = False
    """Whether the file holds only features to add or replace; none is then removed."""
    ledger: bool = False
    """Whether the file is a table of keys and attributes without geometry, which updates present features."""

    def to_json(self) -> str:
        """The choices as text, for a draft and for a version's record; the same choices give the same text."""
        return json.dumps(
            asdict(self) | {"columns": dict(self.columns), "repairs": sorted(self.repairs)},
            ensure_ascii=False,
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, written: str) -> Choices:
        """The choices that `to_json` wrote; a part this version does not know is left out."""
        known = {name: value for name, value in json.loads(written).items() if name in cls.__dataclass_fields__}
        return cls(**known | {"repairs": frozenset(known.get("repairs", ()))})
