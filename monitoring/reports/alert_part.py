"""The alerts of one marker for the sheet: what waits, and who acknowledged what."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.domain.terms import RuleSetId
from monitoring.models.choices import AlertStateChoice
from monitoring.queries.patient_alerts import PatientAlert
from monitoring.queries.patient_page import MarkerPage
from monitoring.queries.patient_record import Standpoint
from monitoring.reports.sheet import AlertLine, Alerts
from monitoring.reports.verdict_part import said
from monitoring.wording import alert_words, dates, states
from monitoring.wording.words import Word

LONGEST_COMMENT = 240  # characters: what was written stays whole on the page, [DESIGN]
SHOWN_PAST = 4  # the others are counted


def alerts(page: MarkerPage, at: Standpoint, now: datetime) -> Alerts:
    """Return the alerts of the moment; they belong to no other day, and are only counted on one."""
    waiting = [alert for alert in page.alerts if alert.is_open]
    past = [alert for alert in page.alerts if not alert.is_open]
    if not at.is_as_it_stood:
        return Alerts(_("Alerts"), [], [], _of_another_day(len(waiting), at))
    more = len(past) - SHOWN_PAST
    remark = ngettext("%(n)s more dealt with.", "%(n)s more dealt with.", more) % {"n": more} if more > 0 else ""
    if not waiting:
        remark = f"{_('None waited for anybody.') if at.known_at else _('None waits for anybody.')} {remark}".strip()
    return Alerts(
        title=_title(len(waiting)),
        waiting=[AlertLine(said(*_alert(each, page)), _waiting(each, page, now)) for each in waiting],
        past=[AlertLine(said(*_alert(each, page)), _dealt_with(each)) for each in _latest_first(past)[:SHOWN_PAST]],
        remark=remark,
    )


def _title(waiting: int) -> str:
    if not waiting:
        return _("Alerts")
    return ngettext("Not yet acknowledged", "%(n)s not yet acknowledged", waiting) % {"n": waiting}


def _latest_first(past: list[PatientAlert]) -> list[PatientAlert]:
    return sorted(past, key=lambda alert: alert.raised_at, reverse=True)


def _of_another_day(count: int, at: Standpoint) -> str:
    if at.known_at:
        told = ngettext(
            "%(n)s alert waited at the moment shown; alerts are those of the moment, not of the day.",
            "%(n)s alerts waited at the moment shown; alerts are those of the moment, not of the day.",
            count,
        )
    else:
        told = ngettext(
            "%(n)s alert waits today; alerts are those of today, not of the day shown.",
            "%(n)s alerts wait today; alerts are those of today, not of the day shown.",
            count,
        )
    return told % {"n": count}


def _alert(alert: PatientAlert, page: MarkerPage) -> tuple[str, Word]:
    episodes = page.verdicts[RuleSetId(alert.ruleset)].episodes
    kind = next((one.kind.value for one in episodes if one.index == alert.index_id), "")
    title = alert_words.alert_title(alert.code, alert.status, kind, alert.tissue, alert.index_on)
    return title, alert_words.alert_word(alert.code, alert.status, kind)[1]


def _waiting(alert: PatientAlert, page: MarkerPage, now: datetime) -> str:
    due_at = timezone.localtime(alert.due_at) if alert.due_at else None
    told = [alert_words.waiting_words(timezone.localtime(alert.raised_at), due_at, timezone.localtime(now))]
    if alert.ruleset != page.alerting:
        told.append(_("Raised by %(ruleset)s.") % {"ruleset": states.word("ruleset", alert.ruleset).words})
    step = alert.acknowledged
    if step:
        values = {"who": step.by, "when": dates.moment(timezone.localtime(step.at))}
        told.append(_("Acknowledged before by %(who)s, %(when)s; reopened since.") % values)
    return " ".join(told)


def _dealt_with(alert: PatientAlert) -> str:
    told = []
    if alert.state == AlertStateChoice.RETRACTED:
        told.append(_("Retracted: %(why)s.") % {"why": alert_words.retracted_words(alert.retracted_because)})
    elif alert.state == AlertStateChoice.RESOLVED:
        told.append(_resolved(alert))
    step = alert.acknowledged
    if step:
        values = {"who": step.by, "when": dates.moment(timezone.localtime(step.at))}
        told.append(_("Acknowledged by %(who)s, %(when)s:") % values + f" “{_clipped(step.comment)}”")
        if step.next_sample_on:
            told.append(_("Next sample %(day)s.") % {"day": dates.day(step.next_sample_on)})
    return " ".join(told)


def _resolved(alert: PatientAlert) -> str:
    by = next((step.by for step in reversed(alert.steps) if step.kind == AlertStateChoice.RESOLVED and step.by), "")
    return _("Resolved by %(who)s.") % {"who": by} if by else _("Resolved by itself.")


def _clipped(comment: str) -> str:
    return comment if len(comment) <= LONGEST_COMMENT else comment[:LONGEST_COMMENT].rstrip() + "…"
