"""Where e-mail leaves and by which address people come: from the environment, loud when wrong."""

from pathlib import Path

import pytest

from mrdweb.env import SettingMissing
from mrdweb.mail import mail_settings, public_url

SENDER = {"MRD_MAIL_FROM": "mrd@hospital.example"}


def test_without_an_address_there_is_no_mail_server() -> None:
    assert mail_settings({}) == {}


@pytest.mark.parametrize(
    ("url", "host", "port", "starttls", "tls"),
    [
        ("smtp+starttls://u:p@mail.example", "mail.example", 587, True, False),
        ("smtps://u:p@mail.example", "mail.example", 465, False, True),
        ("smtp://relay.inside", "relay.inside", 25, False, False),
        ("smtp+starttls://u:p@mail.example:2525", "mail.example", 2525, True, False),
    ],
)
def test_the_address_says_everything(url: str, host: str, port: int, starttls: bool, tls: bool) -> None:
    found = mail_settings({"EMAIL_URL": url, **SENDER})
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == (host, port)
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (starttls, tls)


def test_a_password_may_hold_any_character_and_come_from_a_file(tmp_path: Path) -> None:
    found = mail_settings({"EMAIL_URL": "smtps://a%40b:p%2Fw%3A@mail.example", **SENDER})
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("a@b", "p/w:")
    secret = tmp_path / "password"
    secret.write_text("from a file\n", encoding="utf-8")
    found = mail_settings({"EMAIL_URL": "smtps://u@mail.example", "EMAIL_PASSWORD_FILE": str(secret), **SENDER})
    assert found["EMAIL_HOST_PASSWORD"] == "from a file"


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://host:port", "smtp://u:p@relay", "smtps://h/path"]
)
def test_what_cannot_be_used_stops_the_start(url: str) -> None:
    with pytest.raises(SettingMissing, match="EMAIL_URL"):
        mail_settings({"EMAIL_URL": url, **SENDER})


def test_a_sender_is_needed() -> None:
    with pytest.raises(SettingMissing, match="MRD_MAIL_FROM"):
        mail_settings({"EMAIL_URL": "smtp://relay"})


def test_the_public_address_has_no_slash_at_its_end() -> None:
    assert public_url({}) == ""
    assert public_url({"MRD_PUBLIC_URL": "https://mrd.hospital.example/"}) == "https://mrd.hospital.example"


@pytest.mark.parametrize("url", ["mrd.hospital.example", "javascript:alert(1)", "https://", "https://h/?x=1"])
def test_a_public_address_that_is_none_stops_the_start(url: str) -> None:
    with pytest.raises(SettingMissing, match="MRD_PUBLIC_URL"):
        public_url({"MRD_PUBLIC_URL": url})
