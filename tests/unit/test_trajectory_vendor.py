"""The third-party files in static/vendor are those we chose, unchanged."""

import base64
import hashlib
import re
from pathlib import Path

import plotly
import pytest

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
PLOTLY = next(VENDOR.glob("plotly-cartesian-*.min.js"))
ROW = re.compile(r"^\| (\S+\.js) \| \S+ \| (\S+) \|.*\| (sha384-\S+) \|$", re.MULTILINE)
LISTED = ROW.findall((VENDOR / "README.md").read_text(encoding="utf-8"))


def version_told_in(text: str) -> str:
    found = re.search(r"plotly\.js .*?v(\d+\.\d+\.\d+)", text)
    assert found is not None
    return found.group(1)


def test_every_script_is_listed() -> None:
    assert {name for name, _, _ in LISTED} == {path.name for path in VENDOR.glob("*.js")}


@pytest.mark.parametrize(("name", "version", "integrity"), LISTED, ids=[name for name, _, _ in LISTED])
def test_the_hash_matches(name: str, version: str, integrity: str) -> None:
    digest = hashlib.sha384((VENDOR / name).read_bytes()).digest()
    assert f"sha384-{base64.b64encode(digest).decode()}" == integrity
    assert version in name


def test_each_has_its_licence() -> None:
    for name, _, _ in LISTED:
        assert (VENDOR / f"{name.split('-')[0]}-LICENSE.txt").is_file()


def test_plotly_is_the_version_that_validates_our_figures() -> None:
    bundled = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    ours = version_told_in(PLOTLY.read_text(encoding="utf-8")[:400])
    assert ours == version_told_in(bundled.read_text(encoding="utf-8")[:400])
    assert ours in PLOTLY.name


def test_no_script_asks_for_a_source_map() -> None:
    assert not [path.name for path in VENDOR.glob("*.js") if "sourceMappingURL" in path.read_text(encoding="utf-8")]
