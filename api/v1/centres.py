"""The centres of this installation, by number: where patients are registered, and with whom they are shared."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import paging, standpoints
from monitoring import permissions
from monitoring.models import Centre


class CentreList(APIView):
    """Centres."""

    def get(self, request: Request) -> HttpResponseBase:
        """List the centres; at those of one's own (`is_own`) patients are registered, with the others shared.

        For clinicians and data managers.
        """
        standpoints.check_names(request, *standpoints.PAGING)
        own = permissions.recording_centres_of(bearer(request))
        if not own:
            raise PermissionDenied(_("Only clinicians and data managers of a centre register its patients."))
        return standpoints.tagged(
            request,
            paging.content(
                request,
                Centre.objects.all(),
                lambda row: {
                    "id": row.pk, "code": row.code, "name": row.name, "is_own": row.pk in own,
                    "is_synthetic": row.is_synthetic,
                },
            ),
        )  # fmt: skip
