"""The catalogue of translations: gathers what is to be said, keeps what has been translated, compiles it.

`python -m monitoring.wording.catalogue update` adds new sentences to the French catalogue and drops unused ones;
`... compile` writes the file that is read at run time. Needs Babel, not gettext; the compiled file is committed.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages import Catalog

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON_ROOMS = ("monitoring", "mrdweb", "api")
TEMPLATES = ROOT / "templates"
LOCALE = "fr"
PO = ROOT / "monitoring" / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
PROJECT = "mrd-monitoring"

# which arguments of a call are the sentence, its plural, its context
_ROLES = {
    "_": ("id",),
    "gettext": ("id",),
    "gettext_lazy": ("id",),
    "gettext_noop": ("id",),
    "ngettext": ("id", "plural"),
    "ngettext_lazy": ("id", "plural"),
    "pgettext": ("context", "id"),
    "pgettext_lazy": ("context", "id"),
    "npgettext": ("context", "id", "plural"),
    "npgettext_lazy": ("context", "id", "plural"),
}
_AS_THEMSELVES = {name: name for name in _ROLES}
_CALL_IN_TEMPLATE = re.compile(r"(?<![\w.])(" + "|".join(map(re.escape, _ROLES)) + r")\(")
_HOME = "django.utils.translation"


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something that is said to a reader, in English, as it stands in the source."""

    id: str
    plural: str | None = None
    context: str | None = None
    where: str = field(default="", compare=False)


def sentences() -> Iterator[Sentence]:
    """Return every sentence of the Python files and the templates."""
    for room in PYTHON_ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield from _calls(tree, _names_in(tree), _place(path))
    for path in sorted(TEMPLATES.rglob("*.html")):
        yield from _of_template(path.read_text(encoding="utf-8"), _place(path))


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _names_in(tree: ast.AST) -> dict[str, str]:
    """Return by which names a file calls Django's translation functions."""
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == _HOME]
    return {alias.asname or alias.name: alias.name for n in imports for alias in n.names}


def _calls(tree: ast.AST, names: dict[str, str], where: str) -> Iterator[Sentence]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            roles = _ROLES.get(names.get(node.func.id, ""), ())
            said = {
                role: argument.value
                for role, argument in zip(roles, node.args, strict=False)
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            }
            if "id" in said:
                yield Sentence(said["id"], said.get("plural"), said.get("context"), where)


def _of_template(source: str, where: str) -> Iterator[Sentence]:
    """Let Django turn the tags into calls, and read these: what stands between them is blotted out by it."""
    from django.utils.translation.template import templatize

    said = templatize(source)
    for match in _CALL_IN_TEMPLATE.finditer(said):
        call = _first_call(said[match.start() :])
        if call:
            yield from _calls(call, _AS_THEMSELVES, where)


def _first_call(text: str) -> ast.AST | None:
    for end in re.finditer(r"\)", text):
        try:
            return ast.parse(text[: end.end()], mode="eval")
        except SyntaxError:
            continue
    return None


def read() -> "Catalog":
    """Return the French catalogue as it is kept."""
    from babel.messages.pofile import read_po

    with PO.open("rb") as file:
        return read_po(file, locale=LOCALE, domain="django")


def update() -> list[str]:
    """Add new sentences, drop those that are said no more, and return what waits for French words."""
    from babel.messages import Catalog
    from babel.messages.pofile import write_po

    kept = read()
    new = Catalog(
        locale=LOCALE,
        header_comment=kept.header_comment,
        project=PROJECT,
        version="1",
        last_translator=PROJECT,
        language_team=LOCALE,
        creation_date=kept.creation_date,
        revision_date=kept.revision_date,
        fuzzy=False,
    )
    for sentence in sentences():
        _carry_over(kept, new, sentence)
    with PO.open("wb") as file:
        write_po(file, new, sort_output=True, include_lineno=False, width=110)
    return [str(message.id) for message in new if message.id and not _is_translated(message.string)]


def _carry_over(kept: "Catalog", new: "Catalog", sentence: Sentence) -> None:
    msgid = (sentence.id, sentence.plural) if sentence.plural else sentence.id
    old = kept.get(sentence.id, sentence.context)
    string = old.string if old and bool(old.pluralizable) == bool(sentence.plural) else None
    message = new.add(msgid, string, locations=[(sentence.where, 0)], context=sentence.context)
    if "%(" not in sentence.id:  # Babel reads "% of ABL1" as a placeholder
        message.flags.discard("python-format")


def _is_translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def compiled() -> bytes:
    """Return the catalogue as it is read at run time."""
    from babel.messages.mofile import write_mo

    file = io.BytesIO()
    write_mo(file, read())
    return file.getvalue()


def main(arguments: list[str]) -> int:
    """Do what the command line asks."""
    if arguments == ["update"]:
        waiting = update()
        sys.stdout.write("".join(f"no French yet: {sentence}\n" for sentence in waiting))
    elif arguments == ["compile"]:
        MO.write_bytes(compiled())
    else:
        sys.stderr.write("python -m monitoring.wording.catalogue update|compile\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
