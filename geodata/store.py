"""The store: published layers and their versions, as a catalogue and objects (DESIGN §4)."""

from __future__ import annotations

import os
import shutil
import sys
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
from geodata.objects import Objects, Staged
from geodata.schema import LAYERS, schema_of
from geodata.settings import Settings

_STAGING_KEPT_S = 3600
_STARTED = time.time()


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
            return self.read_object(version.clean_object)
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

    def read_object(self, name: str) -> GeoDataFrame:
        """The clean frame that an object holds; errors are those of the file."""
        return geopandas.read_parquet(self.objects.path(name))

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

    def take_back(self, staged: Staged) -> None:
        """Remove a staged copy, and the object it became if nothing refers to that."""
        with self.catalogue.write() as connection:
            if not self.refers_to(connection, staged.name):
                self.objects.remove(staged.name)
        self.objects.discard(staged)

    def _sweep(self, left: Path) -> None:
        """Remove what a stopped process left; an object it had adopted, too, if it did not come to refer to it."""
        if staged := self.objects.staged_in(left):
            self.take_back(staged)
        shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the database."""
        self.catalogue.close()


def _is_left_over(path: Path) -> bool:
    """Files of a process that is gone, and anything older than an hour. Names carry the process: `object-<pid>-…`."""
    parts = path.name.split("-")
    owner = int(parts[1]) if len(parts) > 2 and parts[1].isdigit() else None
    if owner is not None and not _runs(owner):
        return True
    try:
        written = path.stat().st_mtime
    except FileNotFoundError:
        return False
    # In a container the process that was killed and the one that follows it often have the same number.
    return written < (_STARTED if owner == os.getpid() else time.time() - _STAGING_KEPT_S)


def _runs(process: int) -> bool:
    if sys.platform == "win32":  # where signal 0 would not ask but interrupt
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
