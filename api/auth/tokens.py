"""Token authentication: hashed, revocable tokens, and the bearer's scope in the request's transaction."""

from typing import cast

from django.utils import timezone
from knox.auth import TokenAuthentication
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from monitoring import scope
from monitoring.actions.clients import digest_of
from monitoring.models import AccessToken, User
from monitoring.queries import clients


class ScopedTokenAuthentication(TokenAuthentication):  # type: ignore[misc] # knox has no types
    """Authenticate by `Authorization: Bearer ...` and let the transaction see what the bearer's centres care for."""

    def authenticate(self, request: Request) -> tuple[User, object] | None:
        """Return the bearer and the token, or None where there is no token."""
        found: tuple[User, object] | None = super().authenticate(request)
        if found is not None:
            scope.enter(found[0])
        return found


class MachineTokenAuthentication(BaseAuthentication):
    """Authenticate a machine by the token of five minutes that it was given; what it may do stands in its scope."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        """Return the machine's account and the token; None where no token of ours is shown, so that others may look."""
        kind, _, shown = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() != "bearer" or not shown:
            return None
        found = clients.by_token(digest_of(shown.strip()), timezone.now())
        if found is None:
            return None
        scope.enter(found.client.user)
        return found.client.user, found

    def authenticate_header(self, request: Request) -> str:
        """Say which kind of token is wanted."""
        return "Bearer"


def bearer(request: Request) -> User:
    """Return who is asking; views let nobody in without a token."""
    return cast(User, request.user)
