"""Immutable files named by their SHA-256: uploads as they came, and clean layers as GeoParquet (DESIGN §4)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import fsspec

from geodata.errors import StoreError
from geodata.i18n import text

_CHUNK = 1 << 20
_HASH_LENGTH = 64


@dataclass(frozen=True)
class Staged:
    """A copy that waits in staging to become an object; its file's name says whose it is and what it will be."""

    name: str
    path: Path


class Objects:
    """The objects of a store.

    A file becomes an object in two steps: `stage` copies it, fsynced, into staging; `adopt` gives it its name, whole or
    not at all. The staged copy goes last (`discard`): while it is there, a later start can tell that its process did
    not come to an end, and what it left. Elsewhere than on a local disk (any fsspec place) adopting is one put under
    the hash, read back and compared.
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
        staged = self.stage(source)
        try:
            self.adopt(staged)
        finally:
            self.discard(staged)
        return staged.name

    def stage(self, source: Path) -> Staged:
        """Copy a file into staging; nothing refers to it yet.

        Raises
        ------
        StoreError
            It could not be written; nothing is left.
        """
        with told(source.name):
            name = hash_of(source)
            path = self.staging / f"object-{os.getpid()}-{secrets.token_hex(8)}-{name}"
            try:
                _copy(source, path)
                if hash_of(path) != name:
                    raise OSError("the copy differs from its source")
                path.chmod(0o444)
            except BaseException:
                let_go(path)
                raise
        return Staged(name, path)

    def adopt(self, staged: Staged) -> None:
        """Give a staged copy its name as an object; where the object is there already and whole, nothing happens.

        Raises
        ------
        StoreError
            It could not be written; nothing half stands under the object's name.
        """
        target = self._at(staged.name)
        with told(staged.name[:12]):
            if self.is_local:
                _link(staged, Path(target))
            elif not self._files.exists(target) or self.hash_at(target) != staged.name:
                self._files.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH120  an fsspec path, not a Path
                self._files.put_file(str(staged.path), target)
                if self.hash_at(target) != staged.name:
                    self._files.rm(target)
                    raise OSError("what was read back differs from what was written")

    def discard(self, staged: Staged) -> None:
        """Take a copy out of staging."""
        let_go(staged.path)

    def staged_in(self, path: Path) -> Staged | None:
        """What a file in staging was to become; None where it is no staged object."""
        name = path.name.rsplit("-", 1)[-1]
        return Staged(name, path) if path.name.startswith("object-") and is_object_name(name) else None

    def remove(self, name: str) -> None:
        """Remove an object that nothing refers to. The caller holds the catalogue's write lock."""
        target = self._at(name)
        if self._files.exists(target):
            self._files.rm(target)

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

    def require_whole(self, name: str) -> None:
        """Refuse an object that is missing or was changed.

        Raises
        ------
        StoreError
            It is, or it can't be read.
        """
        self.path(name)
        with told(name[:12]):
            if self.hash_at(self._at(name)) != name:
                raise StoreError(
                    text("The object {name} has changed in the store; restore it from a backup.", name=name[:12])
                )

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


def hash_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_object_name(name: str) -> bool:
    """Whether a file's name can be an object's."""
    return len(name) == _HASH_LENGTH and all(sign in "0123456789abcdef" for sign in name)


def let_go(path: Path) -> None:
    """Remove a file from staging; where that fails, the next start sweeps it."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` last; systems that can't open a folder do without."""
    with contextlib.suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _copy(source: Path, target: Path) -> None:
    """A copy under a name that is free, made to last."""
    with source.open("rb") as reader, target.open("xb") as writer:
        shutil.copyfileobj(reader, writer, _CHUNK)
        writer.flush()
        os.fsync(writer.fileno())


def _link(staged: Staged, target: Path) -> None:
    """A second name for a staged file, made to last; a damaged file of that name gives way to it."""
    if not target.parent.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        sync_folder(target.parent.parent)
    if not target.exists() or hash_of(target) != staged.name:
        beside = staged.path.with_name(f"{staged.path.name}.link")
        try:
            os.link(staged.path, beside)
            beside.replace(target)
        except OSError:  # another disk, or one without second names; half a copy goes with what is in staging
            let_go(beside)
            target.unlink(missing_ok=True)
            _copy(staged.path, target)
    # Also where it was there before: whoever made it may have been stopped just here.
    sync_folder(target.parent)


@contextlib.contextmanager
def told(name: str) -> Iterator[None]:
    """Say in our words that a file could not be written to the store."""
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        raise StoreError(
            text(
                "“{name}” could not be written to the store ({reason}). Nothing was published; free some space or"
                " ask the administrator, then try again.",
                name=name,
                reason=error.strerror or str(error),
            )
        ) from error
