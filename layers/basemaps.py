"""What can lie under the plan: none, public maps, services and files that an installation names.

Each declares its datum. Tiles in GCJ-02 are put under the data where they belong; the data is never moved. Baidu's maps
(BD-09, with a tile grid of their own) are not supported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from geodata.errors import GeodataError
from geodata.i18n import Text, label, text
from geodata.settings import Settings

Kind = Literal["xyz", "wms", "pmtiles"]
Datum = Literal["wgs84", "cgcs2000", "gcj02"]
FILE_ROUTE = "/basemap"
_ID = re.compile(r"[a-z0-9_-]{1,40}")
_TIANDITU = (
    "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default"
    "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={token}"
)
_SHIFTED = ("bd09", "bd-09", "baidu")


class BasemapError(GeodataError, ValueError):
    """A basemap of the settings can't be used as it is written."""


@dataclass(frozen=True)
class Basemap:
    """Tiles that can lie under the plan."""

    id: str
    title: Text
    urls: tuple[str, ...]
    """Templates with {z}, {x}, {y} and {s}, the lowest first; of a `wms` the service's address."""
    attribution: str
    datum: Datum = "wgs84"
    """WGS 84 and CGCS2000 are one here: they differ by less than a decimetre."""
    kind: Kind = "xyz"
    subdomains: str = "abc"
    max_zoom: int = 18
    """The greatest zoom that has tiles; beyond it they are enlarged."""
    layers: str = ""
    version: str = "1.1.1"
    """Of a `wms`: its layers and version."""

    def to_state(self) -> dict[str, Any]:
        """What the map's script is told."""
        return {
            "urls": list(self.urls),
            "attribution": self.attribution,
            "datum": self.datum,
            "kind": self.kind,
            "subdomains": self.subdomains,
            "max_zoom": self.max_zoom,
            "layers": self.layers,
            "version": self.version,
        }


def basemaps(settings: Settings) -> dict[str, Basemap]:
    """The basemaps that can be used in an installation, by id.

    Raises
    ------
    BasemapError
        An entry of `LIAOHE_BASEMAPS` or the file of `LIAOHE_BASEMAP_FILE` can't be used; says which and why.
    """
    found = [*_of_file(settings), *_own(settings), *_tianditu(settings.tianditu_token), *_PUBLIC]
    return {basemap.id: basemap for basemap in reversed(found)}


def is_id(written: str) -> bool:
    """Whether this may be the id of a basemap."""
    return bool(_ID.fullmatch(written))


def _tianditu(token: str) -> list[Basemap]:
    if not token:
        return []
    titles = {"vec": label("天地图 电子地图", "Tianditu map"), "img": label("天地图 影像", "Tianditu imagery")}
    labels = {"vec": "cva", "img": "cia"}
    return [
        Basemap(
            f"tianditu_{name}",
            title,
            tuple(_TIANDITU.format(layer=layer, token=token) for layer in (name, labels[name])),
            "© 天地图 · 国家地理信息公共服务平台",
            datum="cgcs2000",
            subdomains="01234567",
        )
        for name, title in titles.items()
    ]


_PUBLIC = (
    Basemap(
        "amap",
        label("高德地图", "Amap"),
        ("https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}",),
        "© 高德地图",
        datum="gcj02",
        subdomains="1234",
    ),
    Basemap(
        "osm",
        label("OpenStreetMap", "OpenStreetMap"),
        ("https://tile.openstreetmap.org/{z}/{x}/{y}.png",),
        "© OpenStreetMap contributors",
        max_zoom=19,
    ),
)


def _of_file(settings: Settings) -> list[Basemap]:
    """The basemap of a file on the server, for networks without a way out."""
    path = settings.basemap_file
    if path is None:
        return []
    kinds: dict[str, tuple[Kind, str]] = {
        ".pmtiles": ("pmtiles", f"{FILE_ROUTE}/file.pmtiles"),
        ".mbtiles": ("xyz", f"{FILE_ROUTE}/{{z}}/{{x}}/{{y}}"),
    }
    if path.suffix.lower() not in kinds or not path.is_file():
        raise BasemapError(
            text("LIAOHE_BASEMAP_FILE: “{path}” is no .pmtiles or .mbtiles file on this machine.", path=str(path))
        )
    kind, url = kinds[path.suffix.lower()]
    return [Basemap("file", label("本地底图", "Local basemap"), (url,), path.stem, kind=kind)]


def _own(settings: Settings) -> list[Basemap]:
    if not settings.basemaps.strip():
        return []
    try:
        entries = json.loads(settings.basemaps)
    except json.JSONDecodeError as error:
        raise BasemapError(text("LIAOHE_BASEMAPS is no JSON: {reason}.", reason=error.msg)) from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BasemapError(text("LIAOHE_BASEMAPS has to be a list of entries in braces."))
    return [_entry(number, entry) for number, entry in enumerate(entries, start=1)]


def _entry(number: int, entry: Mapping[str, Any]) -> Basemap:
    """One basemap of the setting: `id`, `title`, `url`, and where it is otherwise than usual what `Basemap` has."""

    def refuse(field: str, reason: Text) -> BasemapError:
        return BasemapError(
            text("LIAOHE_BASEMAPS, entry {number}, “{field}”: {reason}", number=number, field=field, reason=reason)
        )

    for field in ("id", "title", "url"):
        if not isinstance(entry.get(field), str) or not entry[field]:
            raise refuse(field, text("it is missing; give a text."))
    for field in ("title_en", "attribution", "subdomains", "layers", "version", "kind", "datum"):
        if not isinstance(entry.get(field, ""), str):
            raise refuse(field, text("give a text."))
    if entry.get("max_zoom", 18) not in range(1, 25):
        raise refuse("max_zoom", text("give a whole number from 1 to 24."))
    if not is_id(entry["id"]):
        raise refuse("id", text("use small letters, digits, - and _ alone."))
    kind = {"wmts": "xyz"}.get(str(entry.get("kind", "xyz")), str(entry.get("kind", "xyz")))
    if kind not in ("xyz", "wms"):
        raise refuse("kind", text("use xyz, wmts or wms."))
    datum = str(entry.get("datum", "wgs84")).lower()
    if datum in _SHIFTED:
        raise refuse("datum", text("BD-09 has a tile grid of its own, which is not supported; use another map."))
    if datum not in get_args(Datum):
        raise refuse("datum", text("use wgs84, cgcs2000 or gcj02."))
    if datum == "gcj02" and kind == "wms":
        raise refuse("datum", text("a WMS in GCJ-02 is not supported; use its tiles."))
    if kind == "xyz" and not all(part in entry["url"] for part in ("{z}", "{x}", "{y}")):
        raise refuse("url", text("{z}, {x} and {y} have to stand in it."))
    if kind == "wms" and not entry.get("layers"):
        raise refuse("layers", text("name the layers of the service."))
    title = entry["title"]
    return Basemap(
        entry["id"],
        label(title, str(entry.get("title_en", title))),
        (entry["url"],),
        str(entry.get("attribution", title)),
        datum=datum,  # type: ignore[arg-type]  # one of them, as checked above
        kind=kind,  # type: ignore[arg-type]
        subdomains=str(entry.get("subdomains", "abc")),
        max_zoom=int(entry.get("max_zoom", 18)),
        layers=str(entry.get("layers", "")),
        version=str(entry.get("version", "1.1.1")),
    )
