"""The list of patients as a table for a spreadsheet: every row of what is seen, not only of its first page."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from monitoring.queries.patient_list import ListedPatient
from monitoring.reports.spreadsheets import Cell
from monitoring.wording import states


def header() -> list[str]:
    """Return the names of the columns, each number with its unit."""
    return [
        _("Pseudonym"), _("Hospital number"), _("Centre"), _("Sex"), _("Born"), _("Marker"), _("Mutation type"),
        _("Rule set that raises alerts"), _("State"), _("State, code"), _("Last sample"), _("Tissue"), _("Call"),
        _("Class"), _("% of ABL1"), _("Limit, % of ABL1"), _("ABL1 copies"), _("Next sample due"),
        _("Overdue from"), _("Pre-emptive treatment"), _("Treated from"), _("Treated until"), _("HSCT"), _("Died"),
        _("Being recomputed"),
    ]  # fmt: skip


def rows(listed: Iterable[ListedPatient], waiting: Collection[int] = ()) -> list[Sequence[Cell]]:
    """Return one row a series, under the columns of `header`; `waiting`: the series that are being recomputed."""
    return [[*_row(one), _("yes") if one.series_id in waiting else ""] for one in listed]


def _row(one: ListedPatient) -> Sequence[Cell]:
    latest = one.latest or {}
    return [
        one.pseudonym, one.hospital_number, one.centre, one.sex, one.born_on, one.marker, one.mutation_type,
        _words("ruleset", one.alerting_ruleset), _words("state", one.state), one.state,
        one.sampled_on, _words("tissue", latest.get("tissue")), _words("call", latest.get("call")),
        _words("class", latest.get("class")), _number(latest.get("pct_abl1")), _number(latest.get("limit_pct_abl1")),
        _number(latest.get("abl1_copies")), one.due_on, one.overdue_from, one.regimen, one.treated_from,
        one.treated_until, one.transplanted_on, _day(one.content.get("death_on")),
    ]  # fmt: skip


def _words(table: str, code: str | None) -> str:
    return str(states.word(table, code).words) if code else ""


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
