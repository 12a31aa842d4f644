"""What answers where REST v1 has no such address: a problem, as everywhere else, and no page."""

from typing import Never

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView


class Nothing(APIView):
    """An address that is not there; whoever has no token is told so first."""

    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> Never:
        """Refuse every method alike."""
        super().initial(request, *args, **kwargs)
        raise NotFound
