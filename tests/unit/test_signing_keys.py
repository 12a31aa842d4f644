"""Our private keys towards hospital records: read strictly, published without their private parts."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwk

from api.smart import signing_keys
from api.smart.signing_keys import KeysUnusable
from mrdweb import env


def pem(key: jwk.ECKey | jwk.RSAKey | jwk.OKPKey) -> str:
    return key.as_pem(private=True).decode()


def short_rsa() -> str:
    key = rsa.generate_private_key(65537, 1024)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_a_key_is_named_by_its_thumbprint_and_keeps_its_private_part() -> None:
    key = jwk.ECKey.generate_key("P-384")
    [published] = signing_keys.public_set(signing_keys.read(pem(key)))["keys"]
    assert (published["kid"], published["alg"], published["use"]) == (key.thumbprint(), "ES384", "sig")
    assert "d" not in published


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no private key"),
        (pem(jwk.ECKey.generate_key("P-256")), "another curve"),
        (short_rsa(), "fewer than 2048"),
        (pem(jwk.OKPKey.generate_key("Ed25519")), "neither P-384 nor RSA"),
        ("-----BEGIN PRIVATE KEY-----\nbm9uZQ==\n-----END PRIVATE KEY-----", "neither P-384 nor RSA"),
        (jwk.ECKey.generate_key("P-384").as_pem(private=False).decode(), "no private key"),
    ],
)  # fmt: skip
def test_what_cannot_sign_is_refused(text: str, why: str) -> None:
    with pytest.raises(KeysUnusable, match=why):
        signing_keys.read(text)


def test_a_setting_that_is_no_key_stops_the_start() -> None:
    assert env.read_private_keys("MRD_SMART_KEYS", {}) == ""
    with pytest.raises(env.SettingMissing, match="no private key in PEM"):
        env.read_private_keys("MRD_SMART_KEYS", {"MRD_SMART_KEYS": "smart_keys.pem"})
