"""The description as a document, and its reader, Swagger UI, from our own server."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response


@cache
def description() -> dict[str, Any]:
    """Return the description; it is made once in each process, because that takes a second."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


class Description(SpectacularAPIView):
    """The description as a document, open to whoever asks: a machine's token is none of a person's, and is not read."""

    authentication_classes = ()

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return it, as YAML or JSON."""
        return Response(description())


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI: its program and styles come from this server, and no line of script stands in the page."""

    authentication_classes = ()
    url_name = "api-schema"
    template_name = "api_docs.html"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the page, or with `script` what starts its program."""
        found: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        return found
