"""The store: published layers and their versions, as a catalogue and objects (DESIGN §4)."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import geopandas
import pandas as pd
import sqlalchemy as sa
from geopandas import GeoDataFrame

from geodata import catalogue
from geodata.catalogue import AUDIT, CURRENT, LAYER_VERSION, REQUEST, Catalogue, Version
from geodata.errors import StoreError, UnknownVersionError
from geodata.i18n import text
from geodata.objects import Objects
from geodata.schema import LAYERS, schema_of
from geodata.settings import Settings

_STAGING_KEPT_S = 3600


class Store:
    """Published layers: read here, written by `geodata.publish`.

    May be shared between threads, and several processes may open the same store.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.data_dir.absolute()
        self.staging = self.folder / "staging"
        self.tiles_dir = self.folder / "tiles"
        try:
            for folder in (self.staging, self.tiles_dir):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                text(
                    "The folder of the store, {folder}, can't be made or written ({reason}). Set LIAOHE_DATA_DIR to"
                    " a folder that can.",
                    folder=self.folder,
                    reason=error.strerror or "",
                )
            ) from error
        self.objects = Objects(settings.objects or self.folder / "objects", staging=self.staging)
        self.catalogue = Catalogue(settings.database_url or f"sqlite:///{self.folder / 'catalogue.sqlite'}")

    @classmethod
    def open(cls, settings: Settings) -> Store:
        """Open the store, making it if there is none, and sweep what earlier processes left in staging.

        Raises
        ------
        StoreError
            The folder or the database can't be used.
        """
        store = cls(settings)
        for left in store.left_in_staging():
            store._sweep(left)
        return store

    def current(self) -> dict[str, Version]:
        """The current version of each layer that has one, as one consistent snapshot, in the order of the schema."""
        with self.catalogue.read() as connection:
            rows = connection.execute(catalogue.select_versions().where(CURRENT.c.number.is_not(None))).all()
        versions = {row.layer: catalogue.to_version(row) for row in rows}
        return {layer: versions[layer] for layer in LAYERS if layer in versions}

    def versions(self, layer: str | None = None) -> list[Version]:
        """Every version of one layer, or of all, the oldest first.

        Raises
        ------
        UnknownLayerError
            There is no such layer.
        """
        query = catalogue.select_versions().order_by(LAYER_VERSION.c.layer, LAYER_VERSION.c.number)
        if layer is not None:
            query = query.where(LAYER_VERSION.c.layer == schema_of(layer).name)
        with self.catalogue.read() as connection:
            return [catalogue.to_version(row) for row in connection.execute(query)]

    def version(self, layer: str, number: int | None = None) -> Version:
        """One version of a layer; the current one without a number.

        Raises
        ------
        UnknownLayerError, UnknownVersionError
            There is no such layer or version.
        """
        wanted = CURRENT.c.number.is_not(None) if number is None else LAYER_VERSION.c.number == number
        query = catalogue.select_versions().where(LAYER_VERSION.c.layer == schema_of(layer).name, wanted)
        with self.catalogue.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise UnknownVersionError(
                text("Layer “{layer}” has no current version; publish one first.", layer=layer)
                if number is None
                else text(
                    "Layer “{layer}” has no version {number}; see `versions {layer}` for those it has.",
                    layer=layer,
                    number=number,
                )
            )
        return catalogue.to_version(row)

    def read(self, layer: str, number: int | None = None) -> GeoDataFrame:
        """The clean frame of a version; of the current one without a number.

        Raises
        ------
        UnknownLayerError, UnknownVersionError, StoreError
            There is no such layer or version, or its object is missing or damaged.
        """
        return self.read_version(self.version(layer, number))

    def read_version(self, version: Version) -> GeoDataFrame:
        """The clean frame of a version."""
        try:
            return geopandas.read_parquet(self.objects.path(version.clean_object))
        except (OSError, ValueError) as error:
            if isinstance(error, StoreError):
                raise
            raise StoreError(
                text(
                    "Version {number} of layer “{layer}” can't be read: its object is damaged. Run `python -m geodata"
                    " verify` and restore it from a backup.",
                    number=version.number,
                    layer=version.layer,
                )
            ) from error

    def audit(self) -> pd.DataFrame:
        """The audit list, the newest row first."""
        with self.catalogue.read() as connection:
            rows = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.id.desc())).mappings().all()
        return pd.DataFrame([dict(row) for row in rows], columns=[column.name for column in AUDIT.columns])

    def answers(self) -> bool:
        """Whether the catalogue answers; raises nothing."""
        try:
            with self.catalogue.read() as connection:
                connection.execute(sa.select(sa.literal(1)))
        except StoreError:
            return False
        return True

    def left_in_staging(self) -> list[Path]:
        """What stands in staging and belongs to no process that still works on it."""
        return [path for path in sorted(self.staging.iterdir()) if _is_left_over(path)]

    def refers_to(self, connection: sa.Connection, name: str) -> bool:
        """Whether any version or request refers to an object."""
        of_versions = sa.or_(LAYER_VERSION.c.clean_object == name, LAYER_VERSION.c.upload_object == name)
        if connection.execute(sa.select(LAYER_VERSION.c.number).where(of_versions).limit(1)).first():
            return True
        requested = connection.execute(sa.select(REQUEST.c.version)).scalars()
        return any(name in (version["clean_object"], version["upload_object"]) for version in requested)

    def _sweep(self, left: Path) -> None:
        """Remove what a stopped process left; an object it had adopted, too, if it did not come to refer to it."""
        staged = self.objects.staged_in(left)
        if staged is not None:
            with self.catalogue.write() as connection:
                if not self.refers_to(connection, staged.name):
                    self.objects.remove(staged.name)
        shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the database."""
        self.catalogue.close()


def _is_left_over(path: Path) -> bool:
    """Files of a process that is gone, and anything older than an hour. Names carry the process: `object-<pid>-…`."""
    parts = path.name.split("-")
    owner = parts[1] if len(parts) > 2 and parts[1].isdigit() else ""
    if owner and not _runs(int(owner)):
        return True
    try:
        return time.time() - path.stat().st_mtime > _STAGING_KEPT_S
    except FileNotFoundError:
        return False


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
