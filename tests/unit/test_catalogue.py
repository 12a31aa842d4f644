"""Everything that is said has French words, and what is read at run time is what stands in the catalogue."""

import ast
import re
from functools import cache

from babel.messages.catalog import Catalog

from monitoring.wording import catalogue

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}|</?\w+")


@cache
def said_by_all() -> list[catalogue.Sentence]:
    """Gathered when a test asks, not when tests are collected: every process collects all of them."""
    return sorted(set(catalogue.sentences()), key=lambda said: (said.id, said.context or ""))


@cache
def kept_words() -> Catalog:
    return catalogue.read()


def french(said: catalogue.Sentence) -> list[str]:
    message = kept_words().get(said.id, said.context)
    string = message.string if message else None
    return list(string) if isinstance(string, tuple | list) else [string or ""]


def test_something_is_said() -> None:
    ids = {said.id for said in said_by_all()}
    assert {"Worklist", "Suspected", "%(n)s series is being recomputed", "marrow"} <= ids


def test_everything_that_is_said_has_french_words() -> None:
    assert [said for said in said_by_all() if not all(french(said))] == []


def test_nothing_is_fuzzy_and_nothing_is_left_over() -> None:
    said = {(each.id, each.context) for each in said_by_all()}
    kept = [message for message in kept_words() if message.id]
    assert [message.id for message in kept if message.fuzzy] == []
    ids = [(m.id[0] if isinstance(m.id, tuple | list) else m.id, m.context) for m in kept]
    assert [each for each in ids if each not in said] == []


def placeholders(string: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(string))


def test_placeholders_agree() -> None:
    wanted = {said: [placeholders(form) for form in (said.id, said.plural or said.id)] for said in said_by_all()}
    found = {said: [placeholders(string) for string in french(said) if string] for said in said_by_all()}
    assert [said for said in said_by_all() if any(each not in wanted[said] for each in found[said])] == []


def test_the_compiled_catalogue_is_the_present_one() -> None:
    assert catalogue.compiled() == catalogue.MO.read_bytes()


def test_calls_under_another_name_are_gathered() -> None:
    source = (
        "from django.utils.translation import ngettext as n, pgettext as p\nn('one', 'many', 2)\np('here', 'this')\n"
    )
    tree = ast.parse(source)
    found = list(catalogue._calls(tree, catalogue._names_in(tree), "x.py"))
    assert found == [catalogue.Sentence("one", "many"), catalogue.Sentence("this", None, "here")]


def test_templates_are_gathered_as_django_reads_them() -> None:
    source = (
        '{% translate "95 % of all" %}{% translate "May" context "month" %}{{ x|default:_("nobody") }}'
        "{% blocktranslate trimmed count n=many %}\n  one {{ n }}\n"
        "{% plural %}\n  {{ n }} of them\n{% endblocktranslate %}"
    )
    found = set(catalogue._of_template(source, "x.html"))
    assert found == {
        catalogue.Sentence("95 %% of all"),
        catalogue.Sentence("May", None, "month"),
        catalogue.Sentence("nobody"),
        catalogue.Sentence("one %(n)s", "%(n)s of them"),
    }
