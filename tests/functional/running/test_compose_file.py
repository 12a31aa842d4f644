"""docker-compose.yml and Dockerfile, held against settings, code and the embedded default."""

import re
import subprocess
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve
from joserfc import jwk

from api.smart import signing_keys
from mrdweb.embedded.binaries import VALKEY_VERSION_SAID
from mrdweb.embedded.health import HEALTH_PATH
from mrdweb.embedded.postgres import MAJOR_VERSION
from mrdweb.embedded.product import PROJECT, WEB_THREADS
from mrdweb.env import read_private_keys
from tests.functional.running import compose_file
from tests.functional.running.sandbox import DOCKERFILE, copied_parts

COMPOSE = compose_file.read(PROJECT / "docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PRODUCT = {"migrate", "web", "worker", "beat", "mllp"}
READ_BY_CODE = re.compile(r"""(?:read|read_home|read_flag|read_private_keys)\(\s*"([A-Z_]+)\"""")


def test_the_services_are_those_of_the_design() -> None:
    assert SERVICES.keys() == {"db", "redis"} | PRODUCT


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_runs_as_root(name: str) -> None:
    assert SERVICES[name]["user"].split(":")[0] not in {"", "0", "root"}


@pytest.mark.parametrize("name", SERVICES.keys() - {"migrate"})
def test_every_service_that_stays_tells_its_health_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_migrations_run_once_and_before_everything_that_uses_the_tables() -> None:
    assert SERVICES["migrate"]["restart"] == "no"
    for name in PRODUCT - {"migrate"}:
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_servers_are_those_of_the_embedded_default() -> None:
    assert SERVICES["db"]["image"] == f"postgres:{MAJOR_VERSION}"
    assert f"v={SERVICES['redis']['image'].removeprefix('valkey/valkey:')}." == VALKEY_VERSION_SAID


def test_data_of_postgresql_lie_where_its_image_keeps_them() -> None:
    assert "db:/var/lib/postgresql" in SERVICES["db"]["volumes"]
    assert "db" in COMPOSE["volumes"]


@pytest.mark.parametrize("name", PRODUCT)
def test_every_environment_name_is_one_that_the_code_reads(name: str) -> None:
    code = "".join(path.read_text() for path in (PROJECT / "mrdweb").glob("*.py"))
    given = {variable.removesuffix("_FILE") for variable in SERVICES[name]["environment"]}
    assert given <= set(READ_BY_CODE.findall(code))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_given_the_secrets_that_its_environment_names_and_no_other(name: str) -> None:
    service = SERVICES[name]
    words = " ".join([*map(str, service["environment"].values())] if "environment" in service else service["command"])
    assert set(re.findall(r"/run/secrets/(\w+)", words)) == set(service["secrets"])


def test_every_secret_is_made_by_the_script_and_used(tmp_path: Path) -> None:
    subprocess.run([PROJECT / "docker" / "make-secrets", tmp_path / "secrets"], check=True, capture_output=True)
    made = {f"./secrets/{file.name}" for file in (tmp_path / "secrets").glob("[!.]*")}
    assert {secret["file"] for secret in COMPOSE["secrets"].values()} == made
    assert set(COMPOSE["secrets"]) == {name for service in SERVICES.values() for name in service["secrets"]}


def test_secrets_that_are_there_are_never_overwritten(tmp_path: Path) -> None:
    script = PROJECT / "docker" / "make-secrets"
    subprocess.run([script, tmp_path / "secrets"], check=True, capture_output=True)
    before = (tmp_path / "secrets" / "owner_password").read_text()
    again = subprocess.run([script, tmp_path / "secrets"], check=False, capture_output=True, text=True)
    assert again.returncode == 1
    assert "is there already; nothing was changed" in again.stderr
    assert (tmp_path / "secrets" / "owner_password").read_text() == before


@pytest.mark.parametrize("name", PRODUCT - {"migrate"})
def test_only_migrations_learn_the_address_of_the_owner(name: str) -> None:
    assert "database_owner_url" not in SERVICES[name]["secrets"]


def test_the_worker_has_a_role_of_its_own() -> None:
    assert SERVICES["worker"]["environment"]["DATABASE_URL_FILE"].endswith("/database_worker_url")
    assert SERVICES["web"]["environment"]["DATABASE_URL_FILE"].endswith("/database_url")


def test_our_private_keys_go_to_web_alone_and_none_is_made_before_somebody_wants_one(tmp_path: Path) -> None:
    assert [name for name in PRODUCT if "smart_keys" in SERVICES[name]["secrets"]] == ["web"]
    subprocess.run([PROJECT / "docker" / "make-secrets", tmp_path / "secrets"], check=True, capture_output=True)
    file = tmp_path / "secrets" / "smart_keys"
    assert read_private_keys("KEYS", {"KEYS_FILE": str(file)}) == ""
    pem = jwk.ECKey.generate_key("P-384").as_pem(private=True).decode()
    file.write_text(pem)
    assert len(signing_keys.read(read_private_keys("KEYS", {"KEYS_FILE": str(file)}))) == 1


def test_the_health_check_asks_an_address_that_is_answered() -> None:
    asked = " ".join(SERVICES["web"]["healthcheck"]["test"])
    assert f"http://127.0.0.1:8000{HEALTH_PATH}'" in asked
    assert resolve(HEALTH_PATH)
    assert "127.0.0.1" in SERVICES["web"]["environment"]["ALLOWED_HOSTS"].split(",")


def test_commands_name_what_exists() -> None:
    assert SERVICES["migrate"]["command"][2] in get_commands()
    assert SERVICES["mllp"]["command"][2] in get_commands()
    assert find_spec(SERVICES["web"]["command"][3].partition(":")[0])
    for name in ("worker", "beat"):
        package = SERVICES[name]["command"][SERVICES[name]["command"].index("--app") + 1]
        assert import_module(f"{package}.celery").app.main == package


def test_web_has_the_threads_of_the_embedded_default_and_some_are_left_beside_open_pages() -> None:
    command = SERVICES["web"]["command"]
    assert int(command[command.index("--threads") + 1]) == WEB_THREADS
    assert settings.LIVE_STREAMS < WEB_THREADS


def test_messages_have_a_way_out_and_the_mail_password_goes_to_the_worker_alone() -> None:
    assert "outside" in SERVICES["worker"]["networks"]
    assert [name for name in PRODUCT if "EMAIL_PASSWORD" in SERVICES[name]["environment"]] == ["worker"]


def test_the_image_holds_the_whole_product() -> None:
    top = {path.name for path in PROJECT.iterdir() if (path / "__init__.py").exists()} - {"tests"}
    assert top | {"manage.py", "templates", "static", "requirements-runtime.lock"} == set(copied_parts())
    ignored = (PROJECT / ".dockerignore").read_text().split()
    assert set(copied_parts()) == {line.removeprefix("!") for line in ignored if line.startswith("!")}


def test_the_image_has_the_python_of_the_lock_file() -> None:
    wanted = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["requires-python"]
    minimum = re.match(r">=(\d+\.\d+)", wanted)
    assert minimum
    assert set(re.findall(r"(?m)^FROM python:(\d+\.\d+)-", DOCKERFILE)) == {minimum[1]}
