"""Token authentication: hashed, revocable tokens, and the bearer's scope in the request's transaction."""

from typing import cast

from knox.auth import TokenAuthentication
from rest_framework.request import Request

from monitoring import scope
from monitoring.models import User


class ScopedTokenAuthentication(TokenAuthentication):  # type: ignore[misc] # knox has no types
    """Authenticate by `Authorization: Bearer ...` and let the transaction see what the bearer's centres care for."""

    def authenticate(self, request: Request) -> tuple[User, object] | None:
        """Return the bearer and the token, or None where there is no token."""
        found: tuple[User, object] | None = super().authenticate(request)
        if found is not None:
            scope.enter(found[0])
        return found


def bearer(request: Request) -> User:
    """Return who is asking; views let nobody in without a token."""
    return cast(User, request.user)
