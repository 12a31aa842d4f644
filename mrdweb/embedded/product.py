"""The product's own programs as data: what is run, in which order, with which environment."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mrdweb.embedded.addresses import Addresses
from mrdweb.embedded.home import Home
from mrdweb.embedded.migrated import fingerprint
from mrdweb.embedded.processes import Program

PROJECT = Path(__file__).resolve().parent.parent.parent

WEB_PROCESSES = 2
WEB_THREADS = 24  # 16 for open pages that are told of alerts (MRD_LIVE_STREAMS), the others for answers
WORKER_PROCESSES = 2
WEB_GRACE_SECONDS = 5

DEMONSTRATION = ("load_study", "demonstration")

# The pages and the worker must not learn the owner's address from MRD_HOME/environment.
NO_HOME = os.devnull


@dataclass(frozen=True)
class Product:
    """What the supervisor prepares, and what it keeps running, beside the servers.

    Preparations are left out when `fingerprint` is the same, and not empty, as after the last ones. The last line
    that the last demonstration program says is told at every start: how to sign in.
    """

    preparations: tuple[Program, ...]
    demonstration: tuple[Program, ...]
    web: Program
    background: tuple[Program, ...]
    fingerprint: Callable[[], str]


def python(*words: str) -> tuple[str, ...]:
    return (sys.executable, *words)


def environment(home: Home, addresses: Addresses, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the product's programs: ours, with what the servers and this home add."""
    servers = addresses.environment()
    inherited = {name: value for name, value in environ.items() if name.removesuffix("_FILE") not in servers}
    return {
        "DJANGO_SETTINGS_MODULE": "mrdweb.settings",
        "MRD_STATIC_ROOT": str(home.root / "static"),
        "PYTHONUNBUFFERED": "1",
        **({} if {"SECRET_KEY", "SECRET_KEY_FILE"} & set(environ) else {"SECRET_KEY": home.secret("secret_key")}),
        **inherited,
        **servers,
        "MRD_HOME": str(home.root),
    }


def mrd_monitoring(home: Home, addresses: Addresses, port: int, environ: Mapping[str, str]) -> Product:
    """Return the programs of this product: migrations, demonstration data, web, worker and beat."""
    prepares = environment(home, addresses, environ)
    serves = {name: value for name, value in prepares.items() if name != "DATABASE_OWNER_URL"}
    serves |= {"MRD_HOME": NO_HOME, "MRD_PROCESS": "web"}
    works = serves | {"MRD_PROCESS": "worker"}
    demonstrates = {"MRD_DEMO_PASSWORD": home.secret("demonstration_password"), **prepares}

    def manage(name: str, *words: str) -> Program:
        return Program(name, python("manage.py", *words), PROJECT, prepares)

    return Product(
        preparations=(manage("migrate", "migrate", "--no-input"),),
        demonstration=(Program("demonstration", python("manage.py", *DEMONSTRATION), PROJECT, demonstrates),),
        web=Program("web", _web(port), PROJECT, serves, grace_seconds=WEB_GRACE_SECONDS + 1.0),
        background=(
            Program("worker", _worker(), PROJECT, works),
            Program("beat", _beat(home), PROJECT, works, grace_seconds=5.0),
        ),
        fingerprint=partial(fingerprint, PROJECT, addresses),
    )


def _web(port: int) -> tuple[str, ...]:
    return python(
        "-m", "gunicorn", "mrdweb.wsgi:application",
        "--bind", f"127.0.0.1:{port}",
        "--preload",
        "--worker-class", "gthread",
        "--workers", str(WEB_PROCESSES),
        "--threads", str(WEB_THREADS),
        "--graceful-timeout", str(WEB_GRACE_SECONDS),
        "--no-control-socket",
    )  # fmt: skip


def _worker() -> tuple[str, ...]:
    return python(
        "-W", "ignore:You're running the worker with superuser privileges",
        "-m", "celery", "--app", "mrdweb", "worker",
        "--concurrency", str(WORKER_PROCESSES),
        "--loglevel", "INFO",
        "--without-gossip", "--without-mingle",
    )  # fmt: skip


def _beat(home: Home) -> tuple[str, ...]:
    return python(
        "-m", "celery", "--app", "mrdweb", "beat",
        "--schedule", str(home.beat / "schedule"),
        "--pidfile", "",
        "--loglevel", "INFO",
    )  # fmt: skip
