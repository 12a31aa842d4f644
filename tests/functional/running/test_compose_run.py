"""The compose file's own commands, environment and secrets, on a read-only tree as ordinary users, until healthy."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mrdweb.embedded import binaries
from mrdweb.embedded.home import open_home
from mrdweb.embedded.product import PROJECT
from tests.functional.running import compose_file
from tests.functional.running.sandbox import Sandbox, image_files
from tests.servers import new_home

SERVICES: dict[str, dict[str, Any]] = compose_file.read(PROJECT / "docker-compose.yml")["services"]
HEALTHY_SECONDS = 90.0
# any users that are not root; those of the images of PostgreSQL and Valkey, and of ours
USERS = {"postgres": 65534, "valkey": 999, "10001:10001": 10001}
DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a read-only root and a network of its own"),
]


class Composed:
    """Services of the compose file in a sandbox."""

    def __init__(self, sandbox: Sandbox, programs: list[str]) -> None:
        self.sandbox = sandbox
        self.programs = programs

    def environment(self, name: str) -> dict[str, str]:
        given = SERVICES[name].get("environment", {})
        paths = ":".join([*self.programs, self.sandbox.environment["PATH"]])
        variables = {key: DEFAULT.sub(r"\1", str(value)) for key, value in given.items()}
        return {**variables, "PATH": paths, "HOSTNAME": os.uname().nodename}

    def user(self, name: str) -> int:
        return USERS[SERVICES[name]["user"]]

    def start(self, name: str, *more: str) -> None:
        self.sandbox.start(self.user(name), [*SERVICES[name]["command"], *more], self.environment(name))

    def run(self, name: str, words: list[str]) -> "subprocess.CompletedProcess[str]":
        return self.sandbox.run(self.user(name), words, self.environment(name))

    def until_healthy(self, name: str) -> None:
        """Ask with the service's own health check until it says yes."""
        how, *words = SERVICES[name]["healthcheck"]["test"]
        command = words if how == "CMD" else ["sh", "-c", words[0].replace("$$", "$")]
        self.until(lambda: self.run(name, command))

    def until(self, ask: "Callable[[], subprocess.CompletedProcess[str]]") -> None:
        deadline = time.monotonic() + HEALTHY_SECONDS
        while (answer := ask()).returncode != 0:
            assert time.monotonic() < deadline, f"{answer.stdout}{answer.stderr}{self.sandbox.said()}"
            time.sleep(0.2)

    def start_database(self) -> None:
        """Do what the image of PostgreSQL does at its first start."""
        options = SERVICES["db"]["environment"]["POSTGRES_INITDB_ARGS"].split()
        self.succeed("db", ["initdb", "--pgdata=/data/db", "--username=postgres", "--auth=trust", *options])
        server = [
            *SERVICES["db"]["command"],
            "-D",
            "/data/db",
            "-c",
            "unix_socket_directories=/tmp",
            "-c",
            "listen_addresses=127.0.0.1",
        ]
        self.sandbox.start(self.user("db"), server, self.environment("db"))
        self.until_healthy("db")
        self.succeed("db", ["env", "PGHOST=127.0.0.1", "sh", "-c", (PROJECT / "docker/db/10-roles.sh").read_text()])

    def succeed(self, name: str, words: list[str]) -> None:
        answer = self.run(name, words)
        assert answer.returncode == 0, f"{answer.stdout}{answer.stderr}"


@pytest.fixture(scope="module")
def composed() -> Iterator[Composed]:
    place = new_home()
    home = open_home(place / "home", "tests", time.sleep)
    programs = binaries.install(home)
    files = image_files(place / "files")
    subprocess.run([PROJECT / "docker" / "make-secrets", files / "secrets"], check=True, capture_output=True)
    (files / "secrets").chmod(0o755)  # the engine mounts the files one by one
    sandbox = Sandbox(files, home.servers)
    folders = [programs.postgres, programs.valkey_server.parent]
    composed = Composed(sandbox, [f"/srv/{folder.relative_to(home.servers)}" for folder in folders])
    try:
        composed.start_database()
        composed.start("redis", "--dir", "/data")
        composed.succeed("migrate", SERVICES["migrate"]["command"])
        for name in ("web", "worker", "beat"):
            composed.start(name)
        yield composed
    finally:
        sandbox.close()
        home.close()
        shutil.rmtree(place)


def test_the_tree_is_read_only_and_the_users_are_not_root(composed: Composed) -> None:
    for name in ("migrate", "web", "worker", "beat"):
        refused = composed.run(name, ["touch", "/app/manage.py", "/run/secrets/new", "/new"])
        assert refused.returncode != 0
        assert refused.stderr.count("Read-only file system") + refused.stderr.count("Permission denied") == 3
        assert composed.run(name, ["id", "-u"]).stdout.strip() == SERVICES[name]["user"].split(":")[0]


def test_the_web_becomes_healthy(composed: Composed) -> None:
    composed.until_healthy("web")


def test_the_worker_becomes_healthy(composed: Composed) -> None:
    composed.until_healthy("worker")


def test_beat_becomes_healthy(composed: Composed) -> None:
    composed.until_healthy("beat")


def test_the_queue_refuses_whoever_has_no_password(composed: Composed) -> None:
    asking = "import socket; s = socket.create_connection(('redis', 6379)); s.sendall(b'PING\\r\\n'); print(s.recv(99))"
    assert "NOAUTH Authentication required" in composed.run("worker", ["python", "-c", asking]).stdout


def test_the_database_refuses_to_let_roles_do_more_than_they_must(composed: Composed) -> None:
    query = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'mrd%' AND (rolsuper OR rolcreaterole OR rolbypassrls)"
    answer = composed.run("db", ["psql", "-h", "127.0.0.1", "-U", "postgres", "-At", "-c", query, "mrd"])
    assert answer.returncode == 0
    assert answer.stdout == ""
