"""The process that reads uploads: `python -m geodata.reader_process`, asked line by line by `geodata.reading.Reader`.

A request is one line of JSON on standard input; the result stands in the staging folder it names, and the answer is
one line: `done`, or `memory` when the memory limit was reached.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from geodata.choices import Choices
from geodata.reading import hand_over, hand_over_table
from geodata.sources import read_here, read_table_here


def limit(memory_mb: int, seconds: float) -> None:
    """Hold this process to so much memory, and to processor time well beyond the time limit its parent keeps."""
    if sys.platform != "linux":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * 2**20, hard))
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + 2 * int(seconds) + 10, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(request: dict[str, Any]) -> bytes:
    """Do one job and say how it went."""
    limit(request["memory_mb"], request["seconds"])
    staging = Path(request["staging"])
    choices = Choices.from_json(request["choices"])
    path = Path(request["path"])
    try:
        if request["job"] == "table":
            hand_over_table(read_table_here(path, choices, staging), staging)
        else:
            hand_over(read_here(path, choices, staging), staging)
    except MemoryError:
        return b"memory\n"
    return b"done\n"


def main() -> None:
    """Answer requests until standard input ends."""
    warnings.simplefilter("ignore")
    # Libraries write to standard output too; the answers keep a way of their own.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        answers.write(answer(json.loads(line)))


if __name__ == "__main__":
    main()
