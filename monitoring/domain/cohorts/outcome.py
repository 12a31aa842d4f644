"""What became of a patient: remission, second molecular relapse, last news, last assessment, end of treatment.

Source: Higué et al., Blood Cancer J 2025;15:141 (FILO), endpoints (A6); docs/methods/cohorts.md, "Outcome".
"""

from collections.abc import Sequence
from datetime import date

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.cohorts.facts import ClinicalFacts, EventKind, Line
from monitoring.domain.cohorts.failure import TreatedFailure
from monitoring.domain.response import TreatmentResponse
from monitoring.domain.terms import CycleResponse
from monitoring.domain.treatment_free import IntervalEnd, treatment_free
from monitoring.domain.verdicts import Verdict

MOLECULAR_RESPONSES = frozenset({CycleResponse.NEGATIVITY, CycleResponse.REDUCTION})


def relapse_dates(verdict: Verdict) -> tuple[date, ...]:
    """Return the relapse dates of all numbered episodes, by day."""
    return tuple(sorted(each.relapse_on for each in verdict.episodes if each.number is not None))


def second_molecular_relapse_on(
    found: TreatedFailure, verdict: Verdict, response: TreatmentResponse | None
) -> date | None:
    """Return the first numbered episode after the treatment began that followed NEGATIVITY or REDUCTION; RFS_MRD.

    The response is one after a cycle on or before the day of that relapse, or that of the treated episode itself.
    """
    if found.line is None or found.failure is None:
        return None
    later = [on for on in relapse_dates(verdict) if on > found.line.starts_on]
    if found.episode is not None and found.episode.response:
        return min(later, default=None)
    responded = [each.on for each in response.by_cycle if each.response in MOLECULAR_RESPONSES] if response else []
    first = min((on for on in responded if on is not None), default=None)
    return min((on for on in later if first is not None and on >= first), default=None)


def in_remission_at_last_news(facts: ClinicalFacts, found: TreatedFailure) -> bool | None:
    """Return whether the last that is known is haematological remission; None where nothing is.

    The latest of remissions and haematological relapses decides, of one day the relapse; a molecular failure without
    either is one in haematological remission.
    """
    remissions, relapses = facts.of_kind(EventKind.REMISSION), facts.of_kind(EventKind.HAEMATOLOGICAL_RELAPSE)
    told = [(event.on, False) for event in relapses] + [(event.on, True) for event in remissions]
    if not told:
        return True if found.failure is not None else None
    last_on = max(on for on, _ in told)
    return all(is_remission for on, is_remission in told if on == last_on)


def last_contact_on(facts: ClinicalFacts, samples: Sequence[ClassedResult]) -> date | None:
    """Return the last day of which anything is known: contact, death, any event, sample, count, treatment begun."""
    days = [event.on for event in facts.events] + [line.starts_on for line in facts.lines]
    days += [cycle.starts_on for line in facts.lines for cycle in line.cycles]
    days += [sample.collected_on for sample in samples] + list(facts.seen_on)
    return max(days, default=None)


def last_assessment_on(facts: ClinicalFacts, samples: Sequence[ClassedResult]) -> date | None:
    """Return the last recorded assessment of the disease, or a later evaluable sample; None where none is recorded.

    Without any the endpoints are censored at the last contact (A6).
    """
    recorded = [event.on for event in facts.of_kind(EventKind.LAST_DISEASE_ASSESSMENT)]
    if not recorded:
        return None
    return max(recorded + [sample.collected_on for sample in samples if sample.is_evaluable])


def ends_of_treatment(facts: ClinicalFacts, line: Line) -> list[date]:
    """Return the days on which something else began after a line: conditioning, or another treatment."""
    conditioning = [event.conditioning_starts_on or event.on for event in facts.of_kind(EventKind.HSCT)]
    return [*conditioning, *(other.starts_on for other in facts.lines if other.starts_on > line.starts_on)]


def time_without_treatment(
    facts: ClinicalFacts, line: Line, verdict: Verdict, seen_until: date
) -> tuple[date | None, date | None]:
    """Return the last day of treatment, None while it goes on, and the day on which the next treatment began."""
    last_on = line.last_given_on or line.ends_on
    if last_on is None:
        return None, None
    others = ends_of_treatment(facts, line)
    ends = [(IntervalEnd.NEXT_TREATMENT, on) for on in others]
    ends += [(IntervalEnd.MOLECULAR_RELAPSE, on) for on in relapse_dates(verdict)]
    ends += [
        (IntervalEnd.HAEMATOLOGICAL_RELAPSE, event.on) for event in facts.of_kind(EventKind.HAEMATOLOGICAL_RELAPSE)
    ]
    ends += [(IntervalEnd.DEATH, event.on) for event in facts.of_kind(EventKind.DEATH)]
    interval = treatment_free(last_on, ends, max(last_on, seen_until))
    if line.ends_on is None and interval.end is IntervalEnd.ONGOING:
        return None, None
    return last_on, min((on for on in others if on > last_on), default=None)
