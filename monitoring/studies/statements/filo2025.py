"""What the stored records of the synthetic cohort give for each sentence of FILO 2025.

The cohort was constructed to match the counts: an equal figure says that the rules make of its records what the paper
prints, not that the paper's patients were seen.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from monitoring.domain.cohorts.endpoints import Endpoint
from monitoring.domain.cohorts.response_table import ResponseGroup, before_transplant, response_table
from monitoring.domain.ctcae import Grade
from monitoring.domain.response import FirstLineResponse
from monitoring.domain.terms import CycleResponse, RuleSetId, Tissue
from monitoring.domain.toxicity_table import ToxicityCode, toxicity_table
from monitoring.studies.statements import figures
from monitoring.studies.statements import filo2025_groups as groups
from monitoring.studies.statements import filo2025_times as times
from monitoring.studies.statements.figures import count_of, per_cent
from monitoring.studies.statements.filo2025_groups import Groups, Rows
from monitoring.studies.statements.statement import Answer, Value

CENTRE_CODE = "FILO2025"
RULESET = RuleSetId.ELN2021
PB, BM = Tissue.PERIPHERAL_BLOOD, Tissue.BONE_MARROW
TOTAL = "TOTAL"
VENETOCLAX_DAYS = (7, 14, 21, 28)
VALDAC, VALDAC_NEGATIVE, JIMENEZ_CHILLON = (22, 26), (11, 20), (34, 43)  # as the paper quotes them


def table_1(rows: Rows, asks: str) -> Value | Answer:
    """Return a cell of Table 1: "GROUP TISSUE RESPONSE", or TOTAL of evaluated and not evaluated."""
    group, tissue, wanted = asks.split()
    column = next(each for each in response_table(rows) if each.group is ResponseGroup(group))
    counts = column.tissues[Tissue(tissue)]
    if wanted == TOTAL:
        return Decimal(counts.evaluated + counts.not_evaluated)
    found = counts.counts[CycleResponse(wanted)], counts.evaluated
    return Answer(count_of(*found), {"halves rounded to the even number": figures.count_half_even(*found)})


def _evaluated(g: Groups, tissue: Tissue) -> Decimal:
    return Decimal(response_table(g.all)[0].tissues[tissue].evaluated)


def _cell(g: Groups, asks: str) -> Value | Answer:
    return table_1(g.all, asks)


def _first_line(g: Groups) -> Decimal:
    wanted = (FirstLineResponse.CR_MRD, FirstLineResponse.CR_MRD_LL)
    found = Counter(each.selection.first_line_response for each in g.all)
    return Decimal(sum(found[each] for each in wanted))


def _columns(g: Groups) -> dict[ResponseGroup, int]:
    return {each.group: each.patients for each in response_table(g.all)}


def _by_mutation(g: Groups) -> str:
    sizes = _columns(g)
    npm1 = sizes[ResponseGroup.SIGNALLING], sizes[ResponseGroup.NO_SIGNALLING]
    return f"{npm1[0]}+{npm1[1]}+{sum(each.marker.is_cbf for each in g.all)}"


def _by_days(g: Groups) -> str:
    sizes = _columns(g)
    changed = sum(not each.course.comparable_by_days for each in g.all)
    return f"{sizes[ResponseGroup.SHORT_VENETOCLAX]}+{sizes[ResponseGroup.LONG_VENETOCLAX]}+{changed}"


def _cycles_given(g: Groups) -> Decimal:
    """Those with cycle 2 and those with cycle 1 only."""
    two = sum(len(each.course.cycles) > 1 for each in g.all)
    one = sum(len(each.course.cycles) == 1 for each in g.all)
    return Decimal(two + one)


def _days(g: Groups) -> str:
    found = Counter(groups.first_cycle(each).given_days for each in g.all)
    known = sum(found[days] for days in VENETOCLAX_DAYS)
    return ", ".join(count_of(found[days], known) for days in VENETOCLAX_DAYS)


def _posaconazole(g: Groups) -> str:
    return count_of(sum(groups.first_cycle(each).cyp3a4 == "POSACONAZOLE" for each in g.all), len(g.all))


def _outpatient(g: Groups) -> str:
    return per_cent(sum(groups.first_cycle(each).setting == "OUTPATIENT" for each in g.all), len(g.all))


def _g_csf(g: Groups) -> Answer:
    told = [groups.first_cycle(each).g_csf for each in g.all]
    known = [each for each in told if each is not None]
    given = sum(known)
    return Answer(count_of(given, len(g.all)), {"of those in whom it is recorded": count_of(given, len(known))})


def _toxicity(g: Groups, code: ToxicityCode) -> str:
    row = next(
        each
        for each in toxicity_table([one.course.toxicity for one in g.all if one.course.toxicity])
        if each.code is code
    )
    return count_of(row.affected, row.of)


def _neutropenia(g: Groups) -> Answer:
    grades = [one.course.toxicity.neutrophils for one in g.all if one.course.toxicity is not None]
    counted = [grade for grade in grades if grade is not None]
    severe = sum(grade >= Grade.SEVERE for grade in counted)
    return Answer(count_of(severe, len(g.all)), {"of those with counts": count_of(severe, len(counted))})


def _transfused(g: Groups) -> str:
    return f"{_toxicity(g, ToxicityCode.RED_CELLS)}, {_toxicity(g, ToxicityCode.PLATELETS)}"


def _remission(g: Groups) -> str:
    return count_of(len(groups.in_remission(g.all)), len(g.all))


def _negative(g: Groups) -> str:
    return count_of(len(groups.negative_at_last_news(groups.in_remission(g.all))), len(g.all))


def _remission_of_parts(g: Groups) -> Decimal:
    return Decimal(len(groups.in_remission(g.hsct_alive)) + len(groups.never_relapsed(g.no_hsct)))


def _negative_of_parts(g: Groups) -> Decimal:
    parts = groups.in_remission(g.hsct_alive), groups.never_relapsed(g.no_hsct)
    return Decimal(sum(len(groups.negative_at_last_news(part)) for part in parts))


def _relapses(g: Groups) -> str:
    before = len(groups.relapsed_before_hsct(g.hsct))
    after = len(groups.relapsed(g.hsct)) - before
    told = count_of(len(groups.relapsed(g.all)), len(g.all))
    return f"{told} = {before} pre-HSCT + {after} post-HSCT + {len(groups.relapsed(g.no_hsct))} no HSCT"


def _before_hsct(g: Groups) -> str:
    found = before_transplant(g.hsct)[PB]
    responded, of = found.responded, found.evaluated
    negative = found.counts[CycleResponse.NEGATIVITY]
    reduced = found.counts[CycleResponse.REDUCTION]
    return (
        f"{responded}/{of} ({per_cent(responded, of)}): "
        f"{count_of(negative, of)} neg + {count_of(reduced, of)} reduction"
    )


def _conditioning(g: Groups) -> str:
    return count_of(sum(each.course.transplants[0].conditioning == "RIC" for each in g.hsct), len(g.hsct))


def _alive_after_hsct(g: Groups) -> str:
    of = len(g.hsct_alive)
    remission = groups.in_remission(g.hsct_alive)
    return f"{of}: {count_of(len(remission), of)}, {count_of(len(groups.negative_at_last_news(remission)), of)}"


def _hsct_alive_and_dead(g: Groups) -> Decimal:
    relapsed = groups.relapsed(g.hsct_dead)
    return Decimal(len(g.hsct_alive) + len(relapsed) + len(groups.never_relapsed(g.hsct_dead)))


def _reasons(g: Groups) -> str:
    """The reasons in the order in which the paper counts them: by the words of the cohort."""
    found = Counter(each.course.not_transplanted_because for each in g.no_hsct)
    parts = [found[words] for words in REASONS]
    return f"{' + '.join(str(part) for part in parts)} = {sum(parts)}"


def _without_hsct(g: Groups) -> Decimal:
    return Decimal(len(groups.relapsed(g.no_hsct)) + len(groups.never_relapsed(g.no_hsct)))


def _negative_without_hsct(g: Groups) -> str:
    negative = groups.negative_at_last_news(groups.never_relapsed(g.no_hsct))
    return count_of(len(negative), len(g.no_hsct))


def _valdac(_: Groups) -> str:
    return f"{sum(VALDAC)}; {VALDAC_NEGATIVE[0]}/{VALDAC_NEGATIVE[1]} ({per_cent(*VALDAC_NEGATIVE)})"


def _jimenez_chillon(_: Groups) -> str:
    part, whole = JIMENEZ_CHILLON
    return f"{part}/{whole} ({per_cent(part, whole)})"


# The words of the cohort in the order of the printed counts; which reason had which count is constructed.
REASONS = ("not fit for transplant", "refused by the patient", "no donor", "haematological relapse first")

QUESTIONS: Mapping[str, Callable[[Groups], Value | Answer]] = {
    "051": partial(_evaluated, tissue=PB),
    "052": partial(_evaluated, tissue=BM),
    "053": partial(_cell, asks="ALL BM STABLE"),
    "054": partial(_cell, asks="ALL BM REDUCTION"),
    "055": _first_line,
    "056": _by_mutation,
    "057": _by_days,
    "058": _cycles_given,
    "059": _days,
    "060": _outpatient,
    "061": _posaconazole,
    "062": _g_csf,
    "063": _transfused,
    "064": _neutropenia,
    "065": partial(_toxicity, code=ToxicityCode.FEBRILE_NEUTROPENIA),
    "066": _remission,
    "067": _negative,
    "068": _remission_of_parts,
    "069": _negative_of_parts,
    "070": _relapses,
    "071": lambda g: count_of(len(g.hsct), len(g.all)),
    "072": lambda g: Decimal(len(g.hsct) + len(g.no_hsct)),
    "073": _before_hsct,
    "074": _conditioning,
    "075": _alive_after_hsct,
    "076": _hsct_alive_and_dead,
    "077": _reasons,
    "078": _without_hsct,
    "079": _negative_without_hsct,
    "080": times.two_year_os,
    "081": partial(times.survival, which="all", endpoint=Endpoint.OS),
    "082": partial(times.survival, which="all", endpoint=Endpoint.RFS),
    "083": partial(times.survival, which="all", endpoint=Endpoint.RFS_MRD),
    "084": partial(times.survival, which="hsct", endpoint=Endpoint.OS),
    "085": partial(times.survival, which="hsct", endpoint=Endpoint.RFS),
    "086": partial(times.survival, which="hsct", endpoint=Endpoint.RFS_MRD),
    "087": partial(times.survival, which="no_hsct", endpoint=Endpoint.OS),
    "088": partial(times.survival_with_median, endpoint=Endpoint.RFS),
    "089": partial(times.survival_with_median, endpoint=Endpoint.RFS_MRD),
    "090": partial(times.follow_up, which="all"),
    "091": partial(times.follow_up, which="hsct"),
    "092": partial(times.follow_up, which="no_hsct"),
    "093": times.diagnosis_to_relapse,
    "094": times.relapse_to_venetoclax,
    "095": times.cycles,
    "096": times.to_hsct,
    "097": partial(times.weighted, months=24),
    "098": partial(times.weighted, months=12),
    "103": _valdac,
    "104": _jimenez_chillon,
}
