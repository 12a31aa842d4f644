"""The first page of the laboratory: to sign, to finish, signed lately, and search by accession number."""

from datetime import datetime
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from monitoring import permissions
from monitoring.models.choices import RoleChoice
from monitoring.queries import bench_samples, messages, silences
from monitoring.queries import laboratory as queries
from monitoring.queries.runs import count_open
from monitoring.queries.sample_corrections import waiting_corrections
from monitoring.views.result_entry import working_at
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_GET
def laboratory(request: SignedInRequest) -> HttpResponse:
    """Show what waits in the person's laboratories."""
    working_at(request.user)
    now = timezone.now()
    asked = request.GET.get("accession", "").strip()
    context = {
        "waiting": queries.waiting(request.user, now=now, after=request.GET.get("after", "")),
        "samples_waiting": bench_samples.count_waiting(request.user, today=timezone.localdate(now)),
        "runs_open": count_open(request.user),
        "corrections": waiting_corrections(request.user),
        "drafts": queries.drafts(request.user),
        "recent": queries.recently_signed(request.user, now=now),
        "recent_days": queries.RECENT_DAYS.days,
        "asked": asked,
        "asked_in_address": quote(asked),
        "found": queries.results_of_sample(request.user, asked) if asked else (),
        **_exchange(request, now),
        "signs": RoleChoice.LABORATORY_AUTHORISER in permissions.roles_of(request.user),
    }
    return render(request, "laboratory.html", context)


def _exchange(request: SignedInRequest, now: datetime) -> dict[str, object]:
    """What waits of the messages of laboratory systems, and who has fallen silent, for those who look after them."""
    memberships = permissions.memberships_of(request.user)
    centres = [each.centre_id for each in memberships if permissions.can_keep_messages(request.user, each.centre_id)]
    if not centres:
        return {}
    return {
        "keeps_messages": True,
        "messages_waiting": messages.waiting(centres),
        "silent": silences.silent(centres, now),
    }
