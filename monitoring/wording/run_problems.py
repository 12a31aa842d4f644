"""What was found in a run, with its place and in words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.plate import WellRole
from monitoring.domain.problems import Severity
from monitoring.domain.run_report import RunFinding, RunReport
from monitoring.domain.run_wells import OMITTED_ON_INSTRUMENT
from monitoring.wording import file_refusals
from monitoring.wording.problems import said

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ROLES: dict[WellRole, "_StrPromise"] = {
    WellRole.SAMPLE: _("sample"),
    WellRole.STANDARD: _("standard"),
    WellRole.NO_TEMPLATE: _("no-template control"),
    WellRole.NO_RT: _("no-RT control"),
    WellRole.EXTRACTION_BLANK: _("extraction blank"),
    WellRole.WILD_TYPE: _("wild-type control"),
    WellRole.POSITIVE_CONTROL: _("positive control"),
}


@dataclass(frozen=True, slots=True)
class ToldProblem:
    """One problem of a run for people: how much it weighs, where it is, reason and recommendation."""

    severity: Severity
    where: str
    reason: str
    advice: str

    @property
    def message(self) -> str:
        """Both in one sentence: `ABL1 850 copies: below 1,000, not evaluable; repeat with new cDNA ...`."""
        if not self.advice:
            return self.reason
        return _now("%(reason)s; %(advice)s") % {"reason": self.reason, "advice": _in_a_sentence(self.advice)}


def told_problems(report: RunReport) -> list[ToldProblem]:
    """Return every finding of a run once, those that weigh most first, and then what its reader had to decide."""
    told = [_told(finding) for finding in report.findings()]
    notes = [ToldProblem(Severity.WARNS, _now("file"), file_refusals.note(note), "") for note in report.notes]
    return [*told, *notes]


def place_of(finding: RunFinding) -> str:
    """Return where a finding was made: sample and target, or the run."""
    return " / ".join(part for part in (finding.sample, finding.target) if part) or _now("run")


def left_out_because(reason: str) -> str:
    """Return why a well was left out: a person's own words, or that the instrument did it."""
    return _now("left out on the instrument") if reason == OMITTED_ON_INSTRUMENT else reason


def _told(finding: RunFinding) -> ToldProblem:
    words = said(finding.problem, finding.target or _now("the target"), _detail(finding))
    return ToldProblem(finding.problem.severity, place_of(finding), words.reason, words.advice)


def _detail(finding: RunFinding) -> str:
    return str(ROLES[finding.role]) if finding.role is not None else ", ".join(finding.wells)


def _in_a_sentence(words: str) -> str:
    """The first letter small, unless it begins an abbreviation such as RNA."""
    return words if words[1:2].isupper() or words[1:2].isdigit() else words[:1].lower() + words[1:]
