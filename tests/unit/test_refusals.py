"""Pages that refuse or fail: in the reader's language, revealing nothing, without the database where it may be gone."""

import re

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django.views import defaults


@pytest.fixture
def stranger(rf: RequestFactory) -> object:
    request = rf.get("/patients/P-0007")
    request.user = AnonymousUser()
    return request


@pytest.mark.parametrize(("language", "words"), [("en", "Something failed"), ("fr", "Une erreur est survenue")])
def test_a_fault_is_told_without_the_database(rf: RequestFactory, language: str, words: str) -> None:
    with translation.override(language):
        response = defaults.server_error(rf.get("/"))
    assert response.status_code == 500
    assert words in response.content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", "Not understood"), ("fr", "Demande incomprise")])
def test_what_cannot_be_read_is_told_without_the_database(rf: RequestFactory, language: str, words: str) -> None:
    with translation.override(language):
        response = defaults.bad_request(rf.get("/"), ValueError("secret"))
    assert words in response.content.decode()
    assert "secret" not in response.content.decode()


def test_not_found_reveals_nothing(stranger: object) -> None:
    shown = defaults.page_not_found(stranger, Http404("P-0007 of Southbank")).content.decode()  # type: ignore[arg-type]
    assert "There is nothing at this address that you can see." in shown
    assert "Southbank" not in shown


def test_a_refusal_says_why_and_what_to_do(stranger: object) -> None:
    error = PermissionDenied("A second person has to authorise it.")
    shown = defaults.permission_denied(stranger, error).content.decode()  # type: ignore[arg-type]
    assert "A second person has to authorise it." in shown
    assert "the administrator of your centre can give you the role" in shown


def test_a_conflict_says_what_changed(stranger: object) -> None:
    said = {"what_changed": ["0.058 % became 0.061 %"], "where": "/patients/P-0007"}
    shown = render_to_string("409.html", said, request=stranger)  # type: ignore[arg-type]
    assert "0.058 % became 0.061 %" in shown
    assert 'href="/patients/P-0007"' in shown


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "locked_out.html"])
def test_no_refusal_needs_a_looser_policy(stranger: object, name: str, settings: LazySettings) -> None:
    shown = render_to_string(name, {"failure_limit": 5}, request=stranger)  # type: ignore[arg-type]
    assert re.search(r"\sstyle=|<style|<script>|\son[a-z]+=", shown) is None
    assert not re.search(r'(?:src|href)="(?:https?:)?//', shown)
