"""What the commands that break a publish off share: a store, a publish in a process of its own, the verdict."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas

from geodata.content import content_hash
from geodata.exporting import write_export
from geodata.publish import publish
from geodata.schema import schema_of
from geodata.settings import Settings
from geodata.store import Store
from geodata.verify import verify
from tests.geodata.publishing import held, renamed

FIRST = "first"
"""What all parks of the first version are called."""
CRASHED = 70
"""Exit code of a process that came to an end in a way that nobody meant."""


@dataclass(frozen=True)
class Place:
    """Where a store is: its folder and its database."""

    folder: Path
    database_url: str | None = None

    def open(self) -> Store:
        """The store, opened as by an application that starts; it must be closed before a fork."""
        return Store.open(Settings(data_dir=self.folder / "data", database_url=self.database_url))

    @property
    def export(self) -> Path:
        """A file that is written over after every publish."""
        return self.folder / "parks.gpkg"


def begin(place: Place) -> None:
    """One published version, and an export of it."""
    with contextlib.closing(place.open()) as store:
        version = publish(store, held(store, place.folder / "first", renamed(FIRST)), by="张三")
        write_export(store, version, place.export)


@contextlib.contextmanager
def places(*, postgres: bool, each: int) -> Iterator[Callable[[], Place]]:
    """Gives a place to work in; a new one with one version after every `each` uses, as checking grows with versions."""
    with contextlib.ExitStack() as stack:
        server = None
        if postgres:
            from tests.geodata.postgres import running_server

            server = stack.enter_context(running_server())
        root = Path(tempfile.mkdtemp(prefix="plan-bench-"))
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        pattern = Place(root / "pattern", server.new_database() if server else None)
        begin(pattern)
        used, place = 0, pattern

        def give() -> Place:
            nonlocal used, place
            if used % each == 0:
                if place is not pattern:
                    shutil.rmtree(place.folder)
                copied = shutil.copytree(pattern.folder, root / str(used), copy_function=shutil.copy2)
                place = Place(copied, server.new_database(pattern.database_url) if server else None)
            used += 1
            return place

        yield give


class Child:
    """A process of its own, forked from this warm one: it prepares, says so, and works when it is told to."""

    def __init__(self, prepare: Callable[[], Any], work: Callable[[Any], int]) -> None:
        ready_out, ready_in = os.pipe()
        go_out, go_in = os.pipe()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(ready_out)
            os.close(go_in)
            code = CRASHED
            try:
                prepared = prepare()
                os.write(ready_in, b"r")
                os.read(go_out, 1)
                code = work(prepared)
            except BaseException:  # noqa: BLE001  whatever it is, it is told and counts
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(ready_in)
        os.close(go_out)
        self._go = go_in
        if os.read(ready_out, 1) != b"r":
            raise RuntimeError("the process stopped before it began to publish")
        os.close(ready_out)

    def go(self) -> None:
        """Let it work."""
        os.write(self._go, b"g")
        os.close(self._go)

    def wait(self) -> int:
        """Its exit code, or minus the signal that ended it."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def wrong(place: Place, store: Store, names: list[str], *, allowed: set[int]) -> list[str]:
    """What is not as it should be in a store whose publish was broken off; nothing when all is well.

    Parameters
    ----------
    names : what all parks of each version are called, the one that was broken off last
    allowed : how many versions there may be now
    """
    found = [f"left in staging: {path.name}" for path in store.staging.iterdir()]
    versions = store.versions("parks")
    numbers = [version.number for version in versions]
    if numbers != list(range(1, len(numbers) + 1)) or len(numbers) not in allowed:
        found.append(f"there are versions {numbers}")
    if [version.number for version in versions if version.current] != numbers[-1:]:
        found.append("the pointer is not at the last version")
    for version in versions[len(names) - 2 :]:
        frame = store.read_version(version)
        if set(frame["name"]) != {names[version.number - 1]} or len(frame) != 10:
            found.append(f"version {version.number} holds {len(frame)} parks called {set(frame['name'])}")
        if content_hash(frame, schema_of("parks")) != version.content_hash:
            found.append(f"version {version.number} has another content hash")
    found += [f"verify: {problem.kind} {problem.what}" for problem in verify(store)]
    exported = geopandas.read_file(place.export)["name"]
    if len(exported) != 10 or len(set(exported)) != 1 or exported[0] not in names[-2:]:
        found.append(f"the export holds {len(exported)} parks called {set(exported)}")
    return found
