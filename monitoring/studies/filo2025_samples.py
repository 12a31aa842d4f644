"""The samples of a patient of the synthetic cohort, by day from diagnosis."""

from monitoring.domain.terms import Call, Timepoint, Tissue
from monitoring.studies.filo2025 import NOT_DETECTED, SyntheticPatient
from monitoring.studies.records import SampleRecord

ABL1_COPIES = 50_000  # copies a well, every sample: adequate, one copy is 0.002 % of ABL1
BM, PB = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD

IN_REMISSION = 35  # days from diagnosis: blood after cycle 2, or shortly after remission
EVERY = 91  # days between follow-up samples
QUIET_BEFORE_RELAPSE = 28  # days without a sample before the relapse
CONFIRMED_AFTER = 14  # days from the first to the confirming sample
TOO_SHORT_FOR_TWO = 20  # days from relapse to treatment, below which the confirming sample is also the last one before
BEFORE_TREATMENT = 3  # days
BEFORE_EARLY_TREATMENT = 2  # days
DAY_OF_CYCLE = 23  # days from day 1: day 24 lies in the window of every cycle
CYCLE_DAYS = 28
BEFORE_HSCT = 8  # days: the day before conditioning begins
AFTER_HSCT = (30, 100)  # days
AFTER_VENETOCLAX = 100  # days from cycle 1 day 1: after the windows of the first two cycles
EVERY_TWO_CYCLES = 56  # days
LAST_BEFORE_DEATH = 15  # days
RELAPSED_LEVEL = "65"  # per cent of ABL1, marrow, on the day of a haematological relapse
SECOND_RELAPSE_LEVELS = ("0.04", "0.3")  # per cent of ABL1, blood: first and confirming sample
QUIET_BEFORE_EVENT = 20  # days without a sample before a second relapse
NEGATIVE_AFTER_SECOND_RELAPSE = 60  # days
NEGATIVE_AFTER_SALVAGE = 45  # days


def samples_of(row: SyntheticPatient, end_of_first_line: int) -> list[SampleRecord]:
    """Return all samples by day, blood after marrow, none after the last news."""
    found = [*_first_line(row, end_of_first_line), *_relapse(row), *_on_treatment(row), *_later(row)]
    last = row.diagnosis_to_relapse + row.last_news
    within = {(each.day, each.tissue): each for each in found if each.day <= last}
    return [within[key] for key in sorted(within)]


def _sample(day: int, tissue: Tissue, level: str, timepoint: str = "") -> SampleRecord:
    call = Call.NOT_DETECTED if level == NOT_DETECTED else Call.DETECTED
    return SampleRecord(day, tissue, call, None if level == NOT_DETECTED else level, ABL1_COPIES, timepoint)


def _first_line(row: SyntheticPatient, end: int) -> list[SampleRecord]:
    """Blood after cycle 2, marrow at the end of treatment, then marrow every three months at that level."""
    level = row.bm_end_of_treatment
    quarterly = range(end + EVERY, row.diagnosis_to_relapse - QUIET_BEFORE_RELAPSE, EVERY)
    return [
        _sample(min(2 * IN_REMISSION, end - 5), PB, row.pb_in_remission, Timepoint.AFTER_CYCLE_2),
        _sample(end, BM, level, Timepoint.END_OF_TREATMENT),
        *(_sample(day, BM, level) for day in quarterly),
    ]


def _relapse(row: SyntheticPatient) -> list[SampleRecord]:
    """The sample that relapses, the one that confirms it, and both tissues before treatment."""
    relapse, delay, tissue = row.diagnosis_to_relapse, row.relapse_to_venetoclax, row.relapse_tissue
    is_short = delay < TOO_SHORT_FOR_TWO
    before = relapse + delay - (BEFORE_EARLY_TREATMENT if is_short else BEFORE_TREATMENT)
    samples = [_sample(relapse, tissue, row.level_at_relapse)]
    if not is_short:
        waiting = range(relapse + CONFIRMED_AFTER, before, EVERY)
        samples += [_sample(day, tissue, row.level_at_relapse) for day in waiting]
    return [
        *samples,
        _sample(before, BM, row.bm_before_venetoclax),
        _sample(before, PB, row.pb_before_venetoclax),
    ]


def _on_treatment(row: SyntheticPatient) -> list[SampleRecord]:
    start = row.diagnosis_to_relapse + row.relapse_to_venetoclax
    samples = [
        _sample(start + CYCLE_DAYS * cycle + DAY_OF_CYCLE, tissue, level)
        for tissue, levels in ((BM, row.bm_after), (PB, row.pb_after))
        for cycle, level in enumerate(levels)
        if level
    ]
    if row.pb_before_hsct and row.transplanted is not None:
        samples.append(_sample(row.diagnosis_to_relapse + row.transplanted - BEFORE_HSCT, PB, row.pb_before_hsct))
    return samples


def _later(row: SyntheticPatient) -> list[SampleRecord]:
    """Blood after transplant or after the first cycles, up to the last news; what relapses tells it on its day."""
    samples = [_sample(row.diagnosis_to_relapse + day, tissue, NOT_DETECTED) for day, tissue in _quiet_days(row)]
    relapse = row.diagnosis_to_relapse
    if row.haematological_relapse is not None and row.haematological_relapse >= _responses_closed(row):
        samples.append(_sample(relapse + row.haematological_relapse, BM, RELAPSED_LEVEL))
    if row.second_molecular_relapse is not None:
        first = relapse + row.second_molecular_relapse
        low, high = SECOND_RELAPSE_LEVELS
        samples += [_sample(first, PB, low), _sample(first + CONFIRMED_AFTER, PB, high)]
    if row.last_sample:
        last = row.last_news - (LAST_BEFORE_DEATH if row.cause_of_death else 0)
        samples.append(_sample(relapse + last, PB, row.last_sample))
    return samples


def _responses_closed(row: SyntheticPatient) -> int:
    """The first day after the windows of the first two cycles: within them a sample would be a response."""
    return row.relapse_to_venetoclax + AFTER_VENETOCLAX


def _quiet_days(row: SyntheticPatient) -> list[tuple[int, Tissue]]:
    """Days from the relapse on which nothing is found, with their tissue."""
    if row.transplanted is not None:
        first, second = (row.transplanted + day for day in AFTER_HSCT)
        days = [(first, PB), (second, BM), *((day, PB) for day in range(second, row.last_news, EVERY))]
    else:
        first = _responses_closed(row)
        days = [(first, BM), *((day, PB) for day in range(first, row.last_news, EVERY_TWO_CYCLES))]
    return [(day, tissue) for day, tissue in days if _is_quiet(row, day)]


def _is_quiet(row: SyntheticPatient, day: int) -> bool:
    if row.haematological_relapse is not None:
        until = row.haematological_relapse - QUIET_BEFORE_EVENT
        again = row.haematological_relapse + NEGATIVE_AFTER_SALVAGE
        stays_away = day < until and _is_negative_on_treatment(row)
        if not (stays_away or (row.has_second_remission and day >= again)):
            return False
    if row.second_molecular_relapse is not None:
        until = row.second_molecular_relapse - QUIET_BEFORE_EVENT
        again = row.second_molecular_relapse + NEGATIVE_AFTER_SECOND_RELAPSE
        goes_away = row.last_sample == NOT_DETECTED
        return day < until or (goes_away and day >= again)
    return True


def _is_negative_on_treatment(row: SyntheticPatient) -> bool:
    """Whether the last blood of the first two cycles was negative, or became so later: before a return, or by HSCT."""
    levels = [level for level in row.pb_after if level]
    became_so = row.transplanted is not None or row.second_molecular_relapse is not None
    return became_so or levels[-1:] == [NOT_DETECTED]
