"""Series that grow, fall and grow again, for what is told beside their curves."""

from datetime import date, timedelta
from decimal import Decimal

from monitoring.domain.classify import classify
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import Series
from monitoring.domain.terms import Call, Marker, RuleSetId, Tissue
from monitoring.domain.verdicts import Verdict
from monitoring.wording.account import Account

BM, PB = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD
DAY_0 = date(2026, 1, 5)


def on(day: int) -> date:
    return DAY_0 + timedelta(days=day)


def sample(day: int, pct_abl1: str | None = None, tissue: Tissue = BM, key: str = "A") -> Result:
    """A value, or not detected in 40,000 copies of ABL1: limit 0.0025 %."""
    call = Call.NOT_DETECTED if pct_abl1 is None else Call.DETECTED
    level = None if pct_abl1 is None else Decimal(pct_abl1)
    return Result(f"{tissue.value}{day}", on(day), tissue, call, level, Decimal(40_000), assay_key=key)


def series(*results: Result, **facts: object) -> Series:
    usual: dict[str, object] = {"baseline_pct_abl1": {BM: Decimal(400)}, "end_of_treatment": on(-30)}
    return Series("1", Marker.NPM1, results, **(usual | facts))  # type: ignore[arg-type]


def verdict(of: Series, day: int) -> Verdict:
    return classify(of, RULESETS[RuleSetId.ELN2021], on(day))


def account(of: Series, day: int) -> Account:
    return Account(of, verdict(of, day), on(day))


# 0.02 % to 0.30 % in 42 days: doubling in about 11 days
RISE = (sample(0), sample(60, "0.02"), sample(81, "0.07"), sample(102, "0.30"))
FALL = (sample(130, "0.06"), sample(158, "0.011"), sample(186))
