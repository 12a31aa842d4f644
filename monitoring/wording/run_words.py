"""What the pages of a run say: what becomes of each sample, what speaks against a match, what somebody else did."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from monitoring.charts.plate_map import WellMark
from monitoring.domain.plate import WellRole
from monitoring.domain.replicates import CQ_CUTOFF
from monitoring.domain.run_control_wells import ControlVerdict
from monitoring.wording.dates import moment
from monitoring.wording.numbers import of_curve, rounded
from monitoring.wording.words import Tone, Word

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CQ_PLACES = 2  # decimals of a Cq shown; what the instrument wrote stands in the panel of the well

FATES: dict[str, Word] = {
    "NEW": Word(_("will be submitted"), "done", Tone.GOOD),
    "VOID": Word(_("will be submitted as not evaluable"), "not-evaluable"),
    "CORRECTED": Word(_("came back: will be submitted again"), "draft", Tone.SUSPECTED),
    "AMENDABLE": Word(
        _("has an authorised result"), "locked", meaning=_("It is left alone, unless you give a reason to amend it.")
    ),
    "SUBMITTED": Word(_("submitted"), "pending"),
    "SIGNED": Word(_("authorised"), "done", Tone.GOOD),
    "OPEN_ELSEWHERE": Word(
        _("a result is open already"), "locked", meaning=_("It was not written by this run. Finish that one first.")
    ),
    "TRAY": Word(_("waits in the tray"), "ask", Tone.SUSPECTED, _("Match it to a sample, or set it aside.")),
    "SET_ASIDE": Word(_("set aside"), "closed"),
    "NOT_FOLLOWED": Word(
        _("not submitted"), "not-evaluable", Tone.OVERDUE, _("This marker is not followed in this patient.")
    ),
    "OTHER_TYPE": Word(
        _("not submitted"), "closed", meaning=_("Another assay of this run finds this patient's mutation type.")
    ),
}
CAUTIONS: dict[str, "_StrPromise"] = {
    "NOT_FOLLOWED": _("What was measured in these wells is not followed in this patient. Check the tube."),
    "ALREADY_MATCHED": _("Another name of this run is this sample already, measured for the same target."),
    "TYPE_NOT_COVERED": _(
        "The assay was not made for the mutation type of this patient: the result will be not evaluable."
    ),
    "TYPE_UNKNOWN": _(
        "The mutation type of this patient is not recorded, and the assay finds one type only: a negative says nothing "
        "if it is another."
    ),
}
MARKS: dict[str, Word] = {
    WellMark.POSITIVE: Word(_("positive"), "positive"),
    WellMark.NEGATIVE: Word(_("no amplification"), "good"),
    WellMark.LEFT_OUT: Word(_("left out"), "not-evaluable"),
}
CONTROL_VERDICTS: dict[str, Word] = {
    ControlVerdict.PASSED: Word(_("passed"), "done", Tone.GOOD),
    ControlVerdict.WARNED: Word(_("look at it"), "suspected", Tone.SUSPECTED),
    ControlVerdict.FAILED: Word(_("failed"), "not-evaluable", Tone.OVERDUE),
    ControlVerdict.NOT_MEASURED: Word(_("not measured"), "closed"),
}
STATES: dict[str, Word] = {
    "IN_REVIEW": Word(_("in review"), "draft", Tone.SUSPECTED),
    "SUBMITTED": Word(_("submitted"), "done", Tone.GOOD),
    "DISCARDED": Word(_("discarded"), "closed"),
}
SHORT_ROLES: dict[str, "_StrPromise"] = {
    WellRole.SAMPLE: _("sample"),
    WellRole.STANDARD: _("standard"),
    WellRole.NO_TEMPLATE: _("no template"),
    WellRole.NO_RT: _("no RT"),
    WellRole.EXTRACTION_BLANK: _("extraction blank"),
    WellRole.WILD_TYPE: _("wild type"),
    WellRole.POSITIVE_CONTROL: _("positive control"),
}
TABLES: Mapping[str, Mapping[str, Word]] = {
    "fate": FATES, "mark": MARKS, "control": CONTROL_VERDICTS, "run": STATES,
}  # fmt: skip


class _Change(Protocol):
    @property
    def action(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def reason(self) -> str: ...
    @property
    def before(self) -> dict[str, Any]: ...
    @property
    def after(self) -> dict[str, Any]: ...


DONE: dict[str, "_StrPromise"] = {
    "run.leave_out": _("%(person)s left out well %(well)s of %(target)s"),
    "run.take_well_in": _("%(person)s took well %(well)s of %(target)s in again"),
    "run.describe": _("%(person)s changed the day, the lots or the comment"),
    "run.say_targets": _("%(person)s said what the targets are"),
    "run.match": _("%(person)s matched “%(name)s”"),
    "run.unmatch": _("%(person)s took the match of “%(name)s” back"),
    "run.set_aside": _("%(person)s set “%(name)s” aside"),
    "run.declare": _("%(person)s said what “%(name)s” is"),
    "run.submit": _("%(person)s submitted the run"),
    "run.discard": _("%(person)s discarded the run"),
}


def change_said(change: _Change) -> str:
    """Return what somebody did to a run: `M. Keller left out well A3 of NPM1, 20 Nov 2026, 10:31: bubble`."""
    sentence = str(DONE.get(change.action, _("%(person)s changed the run")))
    names = {"person": change.by, **{name: change.after.get(name, "") for name in ("well", "target", "name")}}
    told = f"{sentence % names}, {moment(timezone.localtime(change.at))}"
    if not change.reason:
        return told
    return _now("%(done)s: %(details)s") % {"done": told, "details": change.reason}


def cq(value: Decimal | None) -> str:
    """Return a Cq with two decimals, never rounded onto the cut-off; a dash where nothing amplified."""
    return "–" if value is None else of_curve(rounded(value, CQ_PLACES, (CQ_CUTOFF,)), CQ_PLACES)


def summary(*, curves_failed: int, controls_failed: int, rows: Sequence[Any], left_out: int, in_tray: int) -> str:
    """Return a run in one sentence: whether it stands, how many results it gives, how many of these say nothing."""
    parts = [_stands(curves_failed, controls_failed)]
    if rows:
        counted = ngettext("%(n)s result", "%(n)s results", len(rows)) % {"n": len(rows)}
        parts.append(_now("%(results)s: %(kinds)s") % {"results": counted, "kinds": _kinds(rows)})
    if left_out:
        parts.append(ngettext("%(n)s well was left out", "%(n)s wells were left out", left_out) % {"n": left_out})
    if in_tray:
        waits = ngettext("%(n)s name waits to be matched", "%(n)s names wait to be matched", in_tray)
        parts.append(waits % {"n": in_tray})
    return ". ".join(parts) + "."


def _stands(curves_failed: int, controls_failed: int) -> str:
    if curves_failed and controls_failed:
        return _now("A standard curve and a control failed")
    if curves_failed:
        return _now("A standard curve failed")
    return _now("A control failed") if controls_failed else _now("Curves are accepted, controls pass")


def _kinds(rows: Sequence[Any]) -> str:
    """How many results are of each call, in the order in which they matter."""
    counters: Mapping[str, Callable[[int], str]] = {
        "DETECTED": lambda n: ngettext("%(n)s detected", "%(n)s detected", n),
        "NOT_DETECTED": lambda n: ngettext("%(n)s not detected", "%(n)s not detected", n),
        "INDETERMINATE": lambda n: ngettext("%(n)s indeterminate", "%(n)s indeterminate", n),
        "NOT_EVALUABLE": lambda n: ngettext("%(n)s not evaluable", "%(n)s not evaluable", n),
    }
    calls = [row.call_said for row in rows]
    told = [said(calls.count(call)) % {"n": calls.count(call)} for call, said in counters.items() if call in calls]
    return pgettext("between two parts of a sentence", "; ").join(told)
