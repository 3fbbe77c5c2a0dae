"""The choices a person makes about an upload: the same for command line, page and draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
