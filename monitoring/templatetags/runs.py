"""Tags and filters of the pages of a run: thin doors to monitoring.wording."""

from django import template

from monitoring.domain.plate import FileFormat, WellRole
from monitoring.domain.problems import Severity
from monitoring.models.choices import LotKindChoice
from monitoring.wording import file_refusals, run_problems, run_words
from monitoring.wording.words import Tone

register = template.Library()

register.filter("cq", run_words.cq)
register.filter("left_out", run_problems.left_out_because)

SEVERITIES = {
    Severity.FAILS: ("not-evaluable", Tone.OVERDUE),
    Severity.REPEAT: ("ask", Tone.SUSPECTED),
    Severity.WARNS: ("told", Tone.QUIET),
}


@register.inclusion_tag("components/state.html")
def run_word(code: str, table: str) -> dict[str, str]:
    """Show a code of a run as icon and words: `{% run_word row.fate "fate" %}`."""
    word = run_words.TABLES[table][code]
    return {"icon": word.icon, "tone": word.tone.value, "words": str(word.words)}


@register.filter
def run_words_of(code: str, table: str) -> str:
    """Write a code of a run."""
    return str(run_words.TABLES[table][code].words)


@register.filter
def run_meaning(code: str, table: str) -> str:
    """Write the sentence that explains a code of a run; empty where it needs none."""
    return str(run_words.TABLES[table][code].meaning or "")


@register.filter
def run_icon(code: str, table: str) -> str:
    """Return the symbol of a code of a run."""
    return run_words.TABLES[table][code].icon


@register.filter
def caution(code: str) -> str:
    """Write what speaks against a match."""
    return str(run_words.CAUTIONS[code])


@register.filter
def role_said(role: str) -> str:
    """Write what a well is there for."""
    return str(run_words.SHORT_ROLES[WellRole(role)])


@register.filter
def format_said(code: str) -> str:
    """Write a file format as laboratories call it."""
    return file_refusals.format_name(FileFormat(code))


@register.filter
def lot_kind_said(code: str) -> str:
    """Write what a lot is of."""
    return str(LotKindChoice(code).label)


@register.filter
def severity_icon(severity: Severity) -> str:
    """Return the symbol of how much a finding weighs."""
    return SEVERITIES[severity][0]


@register.filter
def severity_tone(severity: Severity) -> str:
    """Return the tone of how much a finding weighs."""
    return SEVERITIES[severity][1].value


@register.filter
def log10_copies(exponent: str) -> str:
    """Write a power of ten as the axis of a curve shows it: 10³."""
    digits = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    return f"10{exponent.translate(digits)}"


@register.filter
def get(values: dict[int, str], key: int) -> str:
    """Return what is said under a key; nothing where nothing is."""
    return values.get(key, "")


@register.simple_tag
def match_value(run_sample_id: int, sample_id: int) -> str:
    """Write what a tick sends: a name and a tube."""
    return f"{run_sample_id}|{sample_id}"
