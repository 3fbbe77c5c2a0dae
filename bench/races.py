"""Publish at once, be interrupted, read meanwhile: exactly one wins, a click counts once, a read is of one version.

    python -m bench.races --rounds 100 --reruns 50 --seed 1 [--postgres]

*Races*: two publishers hold an upload each against the same version and publish at the same moment, while eight
readers read all the while. One wins, the other is refused, and its upload held against the layer again shows the
difference to the winner's. *Reruns*: a page waits for a publish that runs in a thread of its own and is broken off at a
random moment, as Streamlit does by an exception in the waiting thread; the same click comes again, at once, twice. Exit
1 names what came out otherwise.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing

from bench._breaking_off import Place, places
from geodata.catalogue import Version
from geodata.check import Check
from geodata.content import content_hash
from geodata.publish import BaseChangedError, publish
from geodata.schema import schema_of
from geodata.store import Store
from geodata.verify import verify
from tests.geodata.publishing import held, renamed

READERS, RIVALS = 8, 2
_PAUSE_S = 0.1


class Rerun(BaseException):
    """What Streamlit raises in a script that is to begin anew; like there it is no `Exception`."""


def read_all_along(store: Store, stop: threading.Event, seen: list[int], failures: list[str]) -> None:
    """Read the current version until told to stop; every read is wholly one version, and never an older one again."""
    last = 0
    while not stop.is_set():
        try:
            version = store.version("parks")
            frame = store.read_version(version)
        except Exception as error:  # noqa: BLE001  whatever a reader meets is what this is about
            failures.append(f"a reader met {error!r}")
            continue
        if content_hash(frame, schema_of("parks")) != version.content_hash or frame["name"].nunique() != 1:
            failures.append(f"a reader found no whole version {version.number}")
        if version.number < last:
            failures.append(f"a reader found version {version.number} after {last}")
        last = version.number
        seen.append(last)
        time.sleep(_PAUSE_S)


def race(place: Place, stores: list[Store], turn: int) -> list[str]:
    """One round: what went wrong in it."""
    found = []
    names = [f"round {turn} rival {rival}" for rival in range(RIVALS)]
    uploads = [place.folder / f"upload-{rival}" for rival in range(RIVALS)]
    checks = [held(*each, renamed(name)) for *each, name in zip(stores, uploads, names, strict=True)]
    start = threading.Barrier(RIVALS)

    def publish_at_once(store: Store, check: Check) -> Version | BaseChangedError:
        start.wait()
        try:
            return publish(store, check, by="张三")
        except BaseChangedError as error:
            return error

    with ThreadPoolExecutor(RIVALS) as pool:
        ended = list(pool.map(publish_at_once, stores, checks))
    won = [version for version in ended if isinstance(version, Version)]
    if len(won) != 1 or won[0].number != turn + 1:
        return [f"round {turn}: {ended}"]
    loser = next(rival for rival, one in enumerate(ended) if isinstance(one, BaseChangedError))
    if not uploads[loser].exists():
        found.append(f"round {turn}: the loser's upload is gone")
    again = held(stores[loser], uploads[loser], renamed(names[loser]))
    if again.base != won[0].number or again.diff is None or again.diff.counts()["changed"] != 10:
        found.append(f"round {turn}: held again, the loser's upload shows {again.diff} to version {again.base}")
    return found


def races(rounds: int, *, postgres: bool) -> list[str]:
    """Rounds of two publishers with eight readers; the failures."""
    began = time.perf_counter()
    failures: list[str] = []
    seen: list[list[int]] = [[] for _ in range(READERS)]
    with places(postgres=postgres, each=1) as give, ExitStack() as stack:
        place = give()
        stores = [stack.enter_context(closing(place.open())) for _ in range(RIVALS)]
        stop = threading.Event()
        reading = stack.enter_context(closing(place.open()))
        with ThreadPoolExecutor(READERS) as readers:
            for mine in seen:
                readers.submit(read_all_along, reading, stop, mine, failures)
            try:
                for turn in range(1, rounds + 1):
                    failures += race(place, stores, turn)
            finally:
                stop.set()
        numbers = [version.number for version in reading.versions("parks")]
        if numbers != list(range(1, rounds + 2)):
            failures.append(f"{rounds} races made the versions {numbers}")
        failures += [f"verify: {problem.kind} {problem.what}" for problem in verify(reading)]
    reads = [number for mine in seen for number in mine]
    print(
        f"{_on(postgres)}: {rounds} races of {RIVALS}, {READERS} readers read {len(reads)} times"
        f" {len(set(reads))} versions; {len(failures)} failures; {time.perf_counter() - began:.0f} s"
    )
    return failures


def rerun(place: Place, store: Store, turn: int, *, after_s: float) -> tuple[str, list[str]]:
    """A click whose page is broken off after a while, and the same click twice more; where it was, what went wrong."""
    name = f"click {turn}"
    check = held(store, place.folder / "upload", renamed(name))
    clicks: list[Future[Version]] = []
    with ThreadPoolExecutor(3) as workers:

        def script(*, wait_s: float | None) -> Version:
            clicks.append(workers.submit(publish, store, check, by="张三", idempotency_key=name))
            try:
                return clicks[-1].result(wait_s)
            except TimeoutError:
                raise Rerun from None

        try:
            script(wait_s=after_s)
            where = "published before the rerun"
        except Rerun:
            where = "broken off"
        other = workers.submit(publish, store, check, by="张三", idempotency_key=name)
        done = [script(wait_s=None), other.result(), *(click.result() for click in clicks)]
    found = [] if {version.number for version in done} == {turn + 1} else [f"click {turn} gave {done}"]
    if len(store.versions("parks")) != turn + 1:
        found.append(f"click {turn} left {len(store.versions('parks'))} versions")
    return where, found


def reruns(count: int, seed: int, *, postgres: bool) -> list[str]:
    """Clicks that are broken off at random moments, `count` of them in the middle; the failures."""
    began = time.perf_counter()
    chance = random.Random(seed)
    failures: list[str] = []
    ended: list[str] = []
    with places(postgres=postgres, each=1) as give:
        place = give()
        with closing(place.open()) as store:
            while ended.count("broken off") < count:
                where, found = rerun(place, store, len(ended) + 1, after_s=chance.uniform(0, 0.05))
                ended.append(where)
                failures += found
            failures += [f"verify: {problem.kind} {problem.what}" for problem in verify(store)]
    print(
        f"{_on(postgres)}, seed {seed}: {count} clicks broken off in the middle and {len(ended) - count} after the end,"
        f" each clicked twice again; {len(failures)} failures; {time.perf_counter() - began:.0f} s"
    )
    return failures


def _on(postgres: bool) -> str:
    return "PostgreSQL" if postgres else "SQLite"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.races")
    parser.add_argument("--rounds", type=int, default=100, help="races")
    parser.add_argument("--reruns", type=int, default=50, help="reruns in the middle of a publish")
    parser.add_argument("--seed", type=int, default=20181101)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server started for this")
    options = parser.parse_args()
    failures = races(options.rounds, postgres=options.postgres)
    failures += reruns(options.reruns, options.seed, postgres=options.postgres)
    print(*failures, sep="\n", file=sys.stderr)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
