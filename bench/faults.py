"""Let every single write of a publish fail, or the process die there, and look at what is left.

    python -m bench.faults [--every N] [--postgres]

The writes are not listed by hand: a small library that stands before the C library (`bench/faults.c`) counts the
calls by which files of the store are made, filled, made to last, renamed or removed, those of Arrow and SQLite among
them. Then there is one round for each: the disk full from there on (ENOSPC), one input/output error (EIO), the process
killed. After an error the publisher is told in our words, and the same click again, in the same process, publishes;
after the process has ended the store is started again and judged as in `bench.kills`. Exit 1 names every round that
came out otherwise.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from bench._breaking_off import FIRST, Child, Place, places, wrong
from geodata.catalogue import UnsureError
from geodata.check import Check
from geodata.errors import StoreError
from geodata.publish import publish
from geodata.store import Store
from tests.geodata.publishing import held, renamed

_LIBRARY = "LIAOHE_BENCH_FAULTS"
TOLD, PUBLISHED, UNSURE = 10, 11, 12
"""How the process says what came of the click that failed: refused, published all the same, or nobody knows."""


@dataclass(frozen=True)
class Fault:
    """What happens at a write."""

    title: str
    error: int
    """An errno; 0 kills."""
    stays: bool = False
    """Whether every later write that needs space fails as well."""
    again: bool = False
    """Whether the same process clicks again, once the disk has come back."""


FAULTS = (
    Fault("full disk", errno.ENOSPC, stays=True),
    Fault("full disk, then space and a second click", errno.ENOSPC, stays=True, again=True),
    Fault("input/output error", errno.EIO),
    Fault("input/output error, then a second click", errno.EIO, again=True),
    Fault("kill", 0),
)


def load() -> ctypes.CDLL:
    """The library that was loaded before all others."""
    library = ctypes.CDLL(os.environ[_LIBRARY])
    del os.environ["LD_PRELOAD"]  # it is for this process, not for a database server
    library.faults_name.restype = ctypes.c_char_p
    return library


def dropped(store: Store, place: Place, name: str) -> Check:
    """A checked upload of two files dropped together, which are packed before they are kept."""
    folder = place.folder / "upload"
    check = held(store, folder / "parks.shp", renamed(name))
    (folder / "parks.dbf").write_text(name)
    return replace(check, path=folder)


def round_of(give: Callable[[], Place], fault: Fault | None, number: int, *, library: ctypes.CDLL) -> list[str]:
    """One publish with a fault at its n-th write: what is wrong afterwards; without a fault, what its writes are."""
    place = give()
    name = f"{fault.title if fault else 'count'} {number}"
    names = [FIRST, name]

    def prepare() -> tuple[Store, Check]:
        store = place.open()
        return store, dropped(store, place, name)

    def work(prepared: tuple[Store, Check]) -> int:
        store, check = prepared
        library.faults_arm(
            str(place.folder / "data").encode(), number, fault.error if fault else 0, bool(fault and fault.stays)
        )
        try:
            publish(store, check, by="张三", idempotency_key=name)
            outcome = PUBLISHED
        except UnsureError:
            outcome = UNSURE
        except StoreError:
            outcome = TOLD
        writes = [library.faults_name(write).decode() for write in range(1, library.faults_seen() + 1)]
        library.faults_arm(b"", 0, 0, 0)
        if fault is None:
            (place.folder / "writes").write_text("\n".join(writes))
        if fault and fault.again:
            publish(store, check, by="张三", idempotency_key=name)
        return outcome

    child = Child(prepare, work)
    child.go()
    code = child.wait()
    if fault is None:
        return (place.folder / "writes").read_text().splitlines()
    wanted = {-signal.SIGKILL} if fault.error == 0 else {TOLD, PUBLISHED, UNSURE}
    found = [] if code in wanted else [f"the process ended with {code}"]
    there = {2} if fault.again or code == PUBLISHED else {1} if code == TOLD else {1, 2}
    with closing(place.open()) as store:
        found += wrong(place, store, names, allowed=there)
        kept = "new version there" if len(store.versions("parks")) == 2 else "old one current"
        again = publish(store, dropped(store, place, name), by="张三", idempotency_key=name)
        if again.number != 2 or store.current()["parks"] != again:
            found.append(f"the same click again gave version {again.number}")
    said = {TOLD: "told", PUBLISHED: "published", UNSURE: "told that nobody knows"}.get(code, "killed")
    outcomes[fault.title][f"{said}, {kept}"] += 1
    return found


outcomes: dict[str, Counter[str]] = {fault.title: Counter() for fault in FAULTS}


def run(every: int, *, postgres: bool) -> list[str]:
    """A round for each fault at each (or every n-th) write; the failures."""
    began = time.perf_counter()
    library = load()
    failures = []
    rounds = 0
    with places(postgres=postgres, each=1) as give:
        writes = round_of(give, None, 0, library=library)
        for turn, fault in enumerate(FAULTS):
            for number in range(1 + turn % every, len(writes) + 1, every):
                rounds += 1
                found = round_of(give, fault, number, library=library)
                failures += [f"{fault.title} at write {number} ({writes[number - 1]}): {what}" for what in found]
    print(
        f"{'PostgreSQL' if postgres else 'SQLite'}: {len(writes)} writes ({dict(Counter(writes))}), {rounds} rounds,"
        f" {len(failures)} failures; {time.perf_counter() - began:.0f} s"
    )
    for title, counted in outcomes.items():
        print(f"  {title}: {dict(counted)}")
    return failures


def main() -> None:
    """The command; it starts itself again with the library before all others."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults")
    parser.add_argument("--every", type=int, default=1, help="take every n-th write only")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server started for this")
    options = parser.parse_args()
    if _LIBRARY not in os.environ:
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder) / "faults.so"
            source = Path(__file__).with_suffix(".c")
            subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"], check=True)
            environment = {**os.environ, "LD_PRELOAD": str(library), _LIBRARY: str(library)}
            again = [sys.executable, "-m", "bench.faults", *sys.argv[1:]]
            sys.exit(subprocess.run(again, env=environment, check=False).returncode)
    failures = run(options.every, postgres=options.postgres)
    print(*failures, sep="\n", file=sys.stderr)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
