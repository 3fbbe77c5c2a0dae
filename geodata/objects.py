"""Immutable files named by their SHA-256: uploads as they came, and clean layers as GeoParquet (DESIGN §4)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import fsspec

from geodata.errors import StoreError
from geodata.i18n import text

_CHUNK = 1 << 20
_HASH_LENGTH = 64


class Objects:
    """The objects of a store.

    On a local disk an object is written under a temporary name, fsynced and renamed, so that a name is either absent
    or whole. Elsewhere (any fsspec place) it is put once under its hash, read back and compared.
    """

    def __init__(self, place: str | Path, *, staging: Path) -> None:
        self.staging = staging
        self._files, self._root = fsspec.core.url_to_fs(str(place))
        self.is_local = "file" in self._files.protocol or "local" in self._files.protocol

    def put(self, source: Path) -> str:
        """Keep a copy of the file; its hash. The same bytes are kept once.

        Raises
        ------
        StoreError
            It could not be written; nothing is left under the object's name.
        """
        with _told(source.name):
            name = hash_of(source)
            target = self._at(name)
            if self._files.exists(target):
                return name
            self._files.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH120  an fsspec path, not a Path
            if self.is_local:
                self._put_local(source, Path(target))
            else:
                self._files.put_file(str(source), target)
                self._compare(name, target)
            return name

    def path(self, name: str) -> Path:
        """A local file with the object's bytes.

        Raises
        ------
        StoreError
            The object is missing.
        """
        target = self._at(name)
        if not self._files.exists(target):
            raise StoreError(
                text("The object {name} is missing from the store; restore it from a backup.", name=name[:12])
            )
        if self.is_local:
            return Path(target)
        copy = self.staging / f"fetched-{name}"
        if not copy.exists():
            temporary = copy.with_name(f"{copy.name}.{secrets.token_hex(4)}")
            self._files.get_file(target, str(temporary))
            temporary.replace(copy)
        return copy

    def names(self) -> Iterator[tuple[str, str]]:
        """Every file under the place: its name and where it is."""
        for found in sorted(self._files.find(self._root)):
            yield found.rsplit("/", 1)[-1], found

    def hash_at(self, where: str) -> str:
        """SHA-256 of the bytes that stand there now."""
        with self._files.open(where, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _at(self, name: str) -> str:
        return f"{self._root}/{name[:2]}/{name}"

    def _put_local(self, source: Path, target: Path) -> None:
        temporary = self.staging / f"object-{os.getpid()}-{secrets.token_hex(8)}"
        try:
            with source.open("rb") as reader, temporary.open("wb") as writer:
                shutil.copyfileobj(reader, writer, _CHUNK)
                writer.flush()
                os.fsync(writer.fileno())
            if hash_of(temporary) != target.name:
                raise OSError("the copy differs from its source")
            temporary.chmod(0o444)
            temporary.replace(target)
            sync_folder(target.parent)
        finally:
            temporary.unlink(missing_ok=True)

    def _compare(self, name: str, target: str) -> None:
        if self.hash_at(target) != name:
            self._files.rm(target)
            raise OSError("what was read back differs from what was written")


def hash_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_object_name(name: str) -> bool:
    """Whether a file's name can be an object's."""
    return len(name) == _HASH_LENGTH and all(sign in "0123456789abcdef" for sign in name)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` last; systems that can't open a folder do without."""
    with contextlib.suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            text(
                "“{name}” could not be written to the store ({reason}). Nothing was published; free some space or"
                " ask the administrator, then try again.",
                name=name,
                reason=error.strerror or str(error),
            )
        ) from error
