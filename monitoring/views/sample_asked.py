"""What the pages about one tube ask first: which tube of one's own laboratories, and which patient."""

from dataclasses import dataclass

from django.http import Http404

from monitoring.models import Sample
from monitoring.queries import bench_samples, result_entry
from monitoring.queries.result_entry import Subject
from monitoring.views.result_entry import working_at
from monitoring.views.signed_in import SignedInRequest


def tube_of(request: SignedInRequest, pk: int) -> Sample:
    """Return a tube of a laboratory where the person works; raises Http404 for every other one."""
    centre_ids = working_at(request.user)
    row = bench_samples.sample_row(pk)
    if row is None or row.laboratory.centre_id not in centre_ids:
        raise Http404
    return row


@dataclass(frozen=True, slots=True)
class PatientAsked:
    """The patients of exactly the pseudonym that was asked for; two centres may both have given it."""

    pseudonym: str
    found: tuple[Subject, ...]

    @property
    def is_known(self) -> bool:
        """Whether a page can be shown for what was asked: nobody asked yet, or somebody was found."""
        return not self.pseudonym or bool(self.found)

    @property
    def only(self) -> Subject | None:
        """The patient, where it can be no other."""
        return self.found[0] if len(self.found) == 1 else None


def patient_asked(request: SignedInRequest) -> PatientAsked:
    """Return whom `?pseudonym=` means; of several, `patient=` says which one was chosen."""
    pseudonym, chosen = (request.GET.get(name, "").strip() for name in ("pseudonym", "patient"))
    found = result_entry.patients_by_pseudonym(pseudonym) if pseudonym else ()
    return PatientAsked(pseudonym, tuple(each for each in found if chosen in {"", str(each.patient_id)}))
