"""Runs: consecutive samples of one tissue that carry the same flag are one occurrence of it.

A sample that could not have carried the flag does not break a run: an inert one none of the evaluable samples' flags.
Source: docs/methods/rules.md, "Alerts".
"""

from monitoring.domain.sample_classes import INERT_CLASSES
from monitoring.domain.series import Series
from monitoring.domain.terms import FlagCode, SampleClass, Tissue
from monitoring.domain.verdicts import Flag, Verdict

# Flags of inert samples; every other flag of a sample is one of an evaluable sample.
FLAGS_OF_INERT_SAMPLES = frozenset({FlagCode.REPEAT_SAMPLE, FlagCode.REVIEW_VALUE, FlagCode.TARGET_SEEN_INADEQUATE})


def runs_of_flags(verdict: Verdict, series: Series) -> list[list[Flag]]:
    """Return the flags of a verdict, those of consecutive samples of a tissue together, in order of their first day."""
    places = _places(verdict, series)
    runs: list[list[Flag]] = []
    latest: dict[tuple[FlagCode, Tissue | None], list[Flag]] = {}
    for flag in sorted(verdict.flags, key=lambda flag: places[flag.result][0] if flag.result else -1):
        run = latest.get((flag.code, flag.tissue))
        if run is not None and _follows(run[-1], flag, places):
            run.append(flag)
        else:
            latest[flag.code, flag.tissue] = [flag]
            runs.append(latest[flag.code, flag.tissue])
    return runs


def _places(verdict: Verdict, series: Series) -> dict[str, tuple[int, int, int]]:
    """Each result's place among all samples, among those of its tissue, and among the evaluable ones of its tissue."""
    tissues = {result.id: result.tissue for result in series.results}
    taken = dict.fromkeys(Tissue, 0)
    evaluable = dict.fromkeys(Tissue, 0)
    places = {}
    for place, sample in enumerate(verdict.samples):
        tissue = tissues[sample.id]
        if sample.sample_class is not SampleClass.IGNORED:
            taken[tissue] += 1
            evaluable[tissue] += sample.sample_class not in INERT_CLASSES
        places[sample.id] = (place, taken[tissue], evaluable[tissue])
    return places


def _follows(earlier: Flag, flag: Flag, places: dict[str, tuple[int, int, int]]) -> bool:
    if earlier.result is None or flag.result is None:
        return False
    among = 1 if flag.code in FLAGS_OF_INERT_SAMPLES else 2
    return places[flag.result][among] - places[earlier.result][among] == 1
