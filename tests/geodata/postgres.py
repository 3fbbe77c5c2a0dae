"""A PostgreSQL server with PostGIS of the tests' own, from the machine's packages: a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from geodata.catalogue import Catalogue

_TEMPLATE = "plan_template"
_numbers = count(1)


class Server:
    """A running server; every test asks for a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def new_database(self, like: str | None = None) -> str:
        """URL of a database: with the catalogue's empty tables, or as one that is given by its URL."""
        name = f"plan_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {name_of(like) if like else _TEMPLATE}")
        return self.url(name)

    @property
    def nothing(self) -> str:
        """URL of the database that new ones are like when they are to hold nothing at all."""
        return self.url("template0")

    def run(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())


def name_of(url: str) -> str:
    """The database in a URL of `Server.url`."""
    return url.partition("@/")[2].partition("?")[0]


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def running_server() -> Iterator[Server]:
    """A server that is started and stopped; as the user `postgres` where root may not run it.

    It does not fsync: what is tested is what becomes of our own processes, not of the server's disk.
    """
    bin_folder = programs()
    assert bin_folder, "PostgreSQL is not installed: setup/system-packages tests"
    folder = Path(tempfile.mkdtemp(prefix="plan-postgres-"))
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data = folder / "data"

    def call(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(bin_folder / program), "-D", str(data), *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            **user,
        )

    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=60"
    try:
        call("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        call("pg_ctl", "start", "-w", "-s", "-l", str(folder / "log"), "-o", options)
        try:
            server = Server(folder)
            server.run(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0")
            Catalogue(server.url(_TEMPLATE)).close()
            yield server
        finally:
            call("pg_ctl", "stop", "-s", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
