"""Settings, read from the environment (prefix `LIAOHE_`)."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from geodata.i18n import Language


class Settings(BaseSettings):
    """What an installation may change. Every field is an environment variable `LIAOHE_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="LIAOHE_", frozen=True)

    data_dir: Path = Path("data")
    """Folder of the store: objects, the SQLite catalogue, the tile cache, staging."""
    database_url: str | None = None
    """SQLAlchemy URL of the catalogue; SQLite in `data_dir` where there is none."""
    objects: str | None = None
    """fsspec place of the objects, for example `s3://bucket/objects`; `data_dir/objects` where there is none."""
    language: Language = "zh"
    """Language of the command line's messages."""

    reading_seconds: float = 60
    """Longest time the reading process may take for an ordinary upload."""
    reading_memory_mb: int = 1500
    """Memory the reading process may take for an ordinary upload."""
    two_people: bool = False
    """Whether publishing needs the approval of a second person."""
    sample: bool = True
    """Whether an empty store is filled with the illustrative district when the application starts."""

    tianditu_token: str = ""
    """The key of Tianditu (天地图); its basemaps are offered with one. It stands in the browser's requests."""
    basemaps: str = ""
    """Further basemaps as a JSON list (docs/basemaps.md)."""
    basemap_file: Path | None = None
    """A .pmtiles or .mbtiles file of raster tiles on this machine, for networks without a way out."""

    sheet_organisation: str = ""
    """Who draws plan sheets up (编制单位); what is empty here prints 待填."""
    sheet_drawn_on: str = ""
    """When plan sheets are drawn up (制图日期)."""
    sheet_classification: str = ""
    """The classification of plan sheets (密级)."""
    sheet_crs: str | None = None
    """How plan sheets name their CRS (坐标系); without it the full name of EPSG:4548, in which they are drawn."""
    sheet_review_number: str = ""
    """The number of the map review (审图号); 内部资料 未经审图 where it is empty."""
