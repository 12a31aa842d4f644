"""When a suspicion cannot wait for its confirming sample: high already, or rising fast.

Source: docs/methods/rules.md, "Alerts".
"""

from decimal import Decimal
from fractions import Fraction

from monitoring.domain.results import Result
from monitoring.domain.sample_classes import DETECTED_CLASSES
from monitoring.domain.series import Series
from monitoring.domain.terms import EpisodeStatus, SampleClass
from monitoring.domain.verdicts import Episode, Verdict

# Level of the index sample, % of ABL1, from which a suspicion is most urgent.
HIGH_SUSPICION_PCT_ABL1 = Decimal("1.0")
# A rise of one log10 within this many days is fast: the doubling time is below 28 x log10(2) = 8.4 days.
FAST_RISE_DAYS = 28
FAST_RISE_FACTOR = 10
PER_CENT = 100


def cannot_wait(episode: Episode, verdict: Verdict, series: Series) -> bool:
    """Whether a candidate's index is at 1 % of ABL1 or more, or rose one log10 or more within 28 days."""
    if episode.status is not EpisodeStatus.SUSPECTED:
        return False
    results = {result.id: result for result in series.results}
    index = results[episode.index]
    if index.pct_abl1 is None:
        return False
    if index.pct_abl1 >= HIGH_SUSPICION_PCT_ABL1:
        return True
    value = Fraction(index.pct_abl1)
    levels = (
        _highest_level(results[sample.id], sample.sample_class)
        for sample in verdict.samples
        if _is_comparable(results[sample.id], index, series)
    )
    return any(level is not None and value >= FAST_RISE_FACTOR * level for level in levels)


def _is_comparable(earlier: Result, index: Result, series: Series) -> bool:
    """Same tissue and assay, in the 28 days before the index and in its course."""
    begun = max((start.on for start in series.course_starts if start.on <= index.collected_on), default=None)
    return (
        earlier.tissue is index.tissue
        and earlier.assay_key == index.assay_key
        and 0 < (index.collected_on - earlier.collected_on).days <= FAST_RISE_DAYS
        and (begun is None or earlier.collected_on >= begun)
    )


def _highest_level(result: Result, sample_class: SampleClass) -> Fraction | None:
    """The highest level that the sample can have had, so that a rise over it is at least as large as computed.

    The limit of a NEGATIVE sample, the floor-corrected value of a quantified one, the limit of quantification of a
    sample below it; None where that is not known.
    """
    if sample_class is SampleClass.NEGATIVE:
        levels = [result.pct_abl1, result.lod_pct_abl1]
    elif sample_class in DETECTED_CLASSES:
        levels = [result.pct_abl1, result.loq_pct_abl1]
    else:
        return None
    known = [Fraction(level) for level in levels if level is not None]
    if result.abl1_copies and (result.pct_abl1 is not None or sample_class is SampleClass.NEGATIVE):
        known.append(PER_CENT / Fraction(result.abl1_copies))
    return max(known, default=None)
