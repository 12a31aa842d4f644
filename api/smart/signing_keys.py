"""Our own keys: by them we prove to a hospital record who is asking. The first signs, all of them are published.

Source: HL7 SMART app launch 2.x, asymmetric client authentication; RFC 7523; RFC 7638 (the name of a key).
"""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from joserfc import jwk, jwt
from joserfc.errors import JoseError

LIFE = timedelta(minutes=5)  # SMART: exp no more than five minutes in the future
ALGORITHM_OF_CURVE = {"P-384": "ES384"}
ALGORITHM_OF_RSA = "RS384"
LEAST_RSA_BITS = 2048  # RFC 7518, 3.3
_PEM = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)

SigningKey = jwk.ECKey | jwk.RSAKey


class KeysUnusable(Exception):
    """There is no key to sign with, or what was given is none."""


def of_settings() -> Sequence[SigningKey]:
    """Return our keys; raises KeysUnusable where none is set or one cannot be used."""
    return read(settings.SMART_KEYS)


@lru_cache(maxsize=4)
def read(pem: str) -> Sequence[SigningKey]:
    """Read private keys in PEM, one behind the other: P-384 or RSA of 2048 bits or more; raises KeysUnusable."""
    blocks = [found[0] for found in _PEM.finditer(pem)]
    if not blocks:
        raise KeysUnusable("MRD_SMART_KEYS holds no private key in PEM.")
    return [_key(block) for block in blocks]


def public_set(keys: Sequence[SigningKey]) -> dict[str, Any]:
    """Return the key set that hospital records fetch; public parts only."""
    return {
        "keys": [{**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": _algorithm(key)}
                 for key in keys]
    }  # fmt: skip


def assertion(*, client_id: str, audience: str, now: datetime) -> str:
    """Sign who we are for a token endpoint, for five minutes, once; raises KeysUnusable."""
    key = of_settings()[0]
    issued = int(now.timestamp())
    claims = {
        "iss": client_id, "sub": client_id, "aud": audience, "iat": issued,
        "exp": issued + int(LIFE.total_seconds()), "jti": secrets.token_urlsafe(24),
    }  # fmt: skip
    algorithm = _algorithm(key)
    return jwt.encode({"alg": algorithm, "kid": key.thumbprint(), "typ": "JWT"}, claims, key, algorithms=[algorithm])


def _key(block: str) -> SigningKey:
    for kind in (jwk.ECKey, jwk.RSAKey):
        try:
            key = kind.import_key(block)
        except (JoseError, ValueError, TypeError):
            continue
        _algorithm(key)
        return key
    raise KeysUnusable("MRD_SMART_KEYS holds a key that is neither P-384 nor RSA.")


def _algorithm(key: SigningKey) -> str:
    if isinstance(key, jwk.ECKey):
        if key.curve_name not in ALGORITHM_OF_CURVE:
            raise KeysUnusable("MRD_SMART_KEYS holds a key on another curve than P-384.")
        return ALGORITHM_OF_CURVE[key.curve_name]
    if key.raw_value.key_size < LEAST_RSA_BITS:
        raise KeysUnusable("MRD_SMART_KEYS holds an RSA key of fewer than 2048 bits.")
    return ALGORITHM_OF_RSA
