"""A MariaDB server of its own for tests, where the server is installed."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymysql
import pytest

READY_SECONDS = 120  # generous: the machine may be busy
SEARCHED = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/libexec:/usr/local/sbin"
MISSING = "MariaDB is missing: install the package mariadb-server (`make test` tries to)"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, reached through its socket by a superuser without password."""

    socket: str
    user: str

    def url(self, database: str) -> str:
        return f"mysql://{self.user}@localhost/{database}?socket={self.socket}"

    def connect(self, database: str = "mysql") -> pymysql.Connection:
        return pymysql.connect(unix_socket=self.socket, user=self.user, database=database, charset="utf8mb4")


@contextmanager
def running() -> Iterator[Server]:
    """A server with an empty data folder. Skips the test where there is none to start."""
    server, install = (shutil.which(name, path=SEARCHED) for name in ("mariadbd", "mariadb-install-db"))
    if server is None or install is None:
        pytest.skip(MISSING)
    user = getpass.getuser()
    with tempfile.TemporaryDirectory(prefix="tidemark-mariadb-") as folder:
        data, socket = Path(folder) / "data", str(Path(folder) / "socket")
        common = ["--no-defaults", f"--datadir={data}", f"--user={user}"]
        install_options = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run([install, *common, *install_options], check=True, capture_output=True)
        log = Path(folder) / "log"
        options = [
            "--skip-networking",
            f"--socket={socket}",
            f"--log-error={log}",
            "--innodb-flush-log-at-trx-commit=0",
        ]
        process = subprocess.Popen([server, *common, *options, "--innodb-buffer-pool-size=32M"])
        try:
            yield _when_ready(Server(socket, "root"), process, log)
        finally:
            process.terminate()
            process.wait(60)


def _when_ready(server: Server, process: subprocess.Popen[bytes], log: Path) -> Server:
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            server.connect().close()
        except pymysql.MySQLError:
            assert process.poll() is None, log.read_text(errors="replace")[-3000:]
            assert time.monotonic() < until, log.read_text(errors="replace")[-3000:]
            time.sleep(0.1)
        else:
            return server
