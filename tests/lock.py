"""Do the lock files say what pyproject.toml says? `python -m tests.lock` ends with status 1 when they do not."""

import re
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def canonical(name: str) -> str:
    """Return a package name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    """Return the pinned versions in requirements, by package."""
    return {canonical(name): version for name, version in PINNED.findall(text)}


def unhashed(lock: str) -> list[str]:
    """Return the packages of a lock file that stand there without a hash."""
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", lock)
    return [block.split("==")[0] for block in blocks if "==" in block.split("\n")[0] and "--hash=sha256:" not in block]


def disagreements(wanted: dict[str, str], lock_name: str) -> list[str]:
    """Return a sentence for each requirement that the lock file does not hold as it is written."""
    lock = (ROOT / lock_name).read_text(encoding="utf-8")
    held = pins(lock)
    sentences = [
        f"{lock_name} holds {name} {held.get(name, 'not at all')}, pyproject.toml wants {version}."
        for name, version in wanted.items()
        if held.get(name) != version
    ]
    return sentences + [f"{lock_name} holds {name} without a hash." for name in unhashed(lock)]


def strangers(lock_name: str) -> list[str]:
    """Return a sentence for each installed package that the lock file does not hold in that version."""
    held = pins((ROOT / lock_name).read_text(encoding="utf-8")) | dict.fromkeys(("pip", "setuptools"), "")
    return [
        f"{name} {package.version} is installed, and {lock_name} does not hold it."
        for package in distributions()
        if held.get(name := canonical(package.name)) not in {"", package.version}
    ]


def main() -> int:
    """Compare; return the exit status."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime = pins("\n".join(project["dependencies"]))
    extras = pins("\n".join(word for extra in project["optional-dependencies"].values() for word in extra))
    sentences = disagreements(runtime, "requirements-runtime.lock")
    sentences += disagreements(runtime | extras, "requirements.lock")
    sentences += strangers("requirements.lock")
    sys.stderr.writelines(f"{sentence}\n" for sentence in sentences)
    if sentences:
        sys.stderr.write("Run `make lock`, then `make setup`.\n")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
