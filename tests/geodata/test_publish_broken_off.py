"""Publishing that is killed, fails at a write, meets a rival or is clicked twice: a share of what `bench` does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def run(*command: str) -> str:
    """What a command of `bench` says; it must find no failure."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, check=False, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_killed_at_every_step_and_at_random_the_store_is_whole() -> None:
    assert "8 kills at named steps, 50 at random" in run("bench.kills", "--count", "50")


def test_when_any_write_fails_the_old_version_stays_and_the_publisher_is_told() -> None:
    assert "0 failures" in run("bench.faults", "--every", "8")


def test_of_two_publishers_one_wins_a_click_counts_once_and_every_read_is_of_one_version() -> None:
    assert "100 races of 2" in run("bench.races", "--rounds", "100", "--reruns", "50")


@pytest.mark.postgres
def test_the_same_holds_on_postgresql() -> None:
    assert "9 kills at named steps, 5 at random" in run("bench.kills", "--count", "5", "--postgres")
    assert "10 races of 2" in run("bench.races", "--rounds", "10", "--reruns", "5", "--postgres")
