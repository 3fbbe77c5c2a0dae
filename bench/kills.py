"""Kill the process that publishes, at every named step and at random moments, and look at what is left.

    python -m bench.kills --count 500 --seed 1 [--postgres]

Each round forks a process that publishes a layer and exports it, kills it with signal 9, starts the store again as the
application does, and judges: no version lost, none half, the export readable, nothing left in staging, `verify` finds
nothing; then the same click again publishes exactly once. Exit 1 names every round that ended otherwise.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing

from bench._breaking_off import FIRST, Child, Place, places, wrong
from geodata.catalogue import Version
from geodata.check import Check
from geodata.exporting import write_export
from geodata.publish import publish
from geodata.store import Store
from tests.geodata.publishing import held, renamed

STEPS = (
    "objects",
    "upload-written",
    "clean-written",
    "before-insert",
    "inserted",
    "pointer-moved",
    "before-commit",
    "committed",
)
ONLY_ON_POSTGRES = ("layer-written",)


def click(place: Place, store: Store, check: Check, name: str) -> Version:
    """The publish that is broken off, and an export over the one before."""
    version = publish(store, check, by="张三", idempotency_key=name)
    write_export(store, version, place.export)
    return version


class Rounds:
    """Rounds on one kind of store, and what came of them."""

    def __init__(self, give: Callable[[], Place]) -> None:
        self._give = give
        self._place: Place | None = None
        self._names: list[str] = []
        self.number = 0
        self.failures: list[str] = []
        self.outcomes: Counter[str] = Counter()

    def round(self, *, step: str = "", delay_s: float | None = None) -> float:
        """One publish, killed at a step, after a delay or not at all; how long it took, in seconds."""
        place = self._give()
        if place is not self._place:
            self._place, self._names = place, [FIRST]
        self.number += 1
        name = f"round {self.number}"
        self._names.append(name)
        before = len(self._names) - 1

        def prepare() -> tuple[Store, Check]:
            if step:
                os.environ["LIAOHE_TEST_KILL_AT"] = step
            store = place.open()
            return store, held(store, place.folder / "upload", renamed(name))

        def work(prepared: tuple[Store, Check]) -> int:
            click(place, *prepared, name)
            return 0

        child = Child(prepare, work)
        began = time.perf_counter()
        child.go()
        if delay_s is not None:
            time.sleep(delay_s)
            os.kill(child.pid, signal.SIGKILL)
        code = child.wait()
        took_s = time.perf_counter() - began
        wanted = {-signal.SIGKILL} if step else {0} if delay_s is None else {0, -signal.SIGKILL}
        found = [] if code in wanted else [f"the process ended with {code}"]
        with closing(place.open()) as store:
            found += wrong(place, store, self._names, allowed={before, before + 1} if code else {before + 1})
            published = len(store.versions("parks")) > before
            if step and published != (step == "committed"):
                found.append(f"the new version is {'there' if published else 'gone'}")
            again = click(place, store, held(store, place.folder / "upload", renamed(name)), name)
            if again.number != before + 1 or store.current()["parks"] != again:
                found.append(f"the same click again gave version {again.number}")
        self.outcomes["finished" if not code else "killed, new version there" if published else "killed, old one"] += 1
        self.failures += [f"round {self.number} ({step or delay_s}): {what}" for what in found]
        return took_s


def run(count: int, seed: int, *, postgres: bool) -> list[str]:
    """Kill at every step and `count` times at random; the failures."""
    chance = random.Random(seed)
    began = time.perf_counter()
    steps = [*STEPS, *(ONLY_ON_POSTGRES if postgres else ())]
    with places(postgres=postgres, each=10) as give:
        rounds = Rounds(give)
        for step in steps:
            rounds.round(step=step)
        rounds.outcomes.clear()
        full_s = sorted(rounds.round() for _ in range(3))[1]
        while (killed := rounds.outcomes.total() - (finished := rounds.outcomes["finished"])) < count:
            rounds.round(delay_s=chance.uniform(0, full_s))
            # The machine is at times slower, at times faster; most kills are to come before the end.
            full_s *= 0.95 if rounds.outcomes["finished"] > finished else 1.01
    print(
        f"{'PostgreSQL' if postgres else 'SQLite'}, seed {seed}: {len(steps)} kills at named steps, {killed} at"
        f" random within about {full_s * 1000:.0f} ms ({dict(rounds.outcomes)}); {len(rounds.failures)} failures;"
        f" {time.perf_counter() - began:.0f} s"
    )
    return rounds.failures


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.kills")
    parser.add_argument("--count", type=int, default=500, help="kills at random moments")
    parser.add_argument("--seed", type=int, default=20181101)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server started for this")
    options = parser.parse_args()
    failures = run(options.count, options.seed, postgres=options.postgres)
    print(*failures, sep="\n", file=sys.stderr)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
