"""How often a sample is due: the defaults of ELN MRD 2021, editable per centre and per patient.

Source: Heuser et al., Blood 2021;138:2753; [DESIGN] where ELN is silent; docs/methods/schedule.md (A7).
"""

from dataclasses import dataclass, fields

DAYS_OF_24_MONTHS = 730


class IntervalsRefused(Exception):
    """An interval is negative, or days after HSCT do not rise."""


@dataclass(frozen=True, slots=True)
class SamplingIntervals:
    """All intervals in days; `dataclasses.replace` makes a centre's or a patient's own."""

    marrow_days: int = 91  # every 3 months; ELN 2021
    blood_days: int = 42  # every 4 to 6 weeks; ELN 2021
    marrow_grace_days: int = 14  # [DESIGN]
    blood_grace_days: int = 7  # [DESIGN]
    follow_up_days: int = DAYS_OF_24_MONTHS  # ELN 2021; then individual

    after_cycle_2_opens_on_day: int = 21  # of first-line cycle 2, [DESIGN]
    after_cycle_2_due_on_day: int = 28  # [DESIGN]
    after_cycle_2_closes_on_day: int = 56  # [DESIGN]
    end_of_treatment_opens_before_days: int = 14  # A4
    end_of_treatment_closes_after_days: int = 60  # A4

    venetoclax_due_on_day: int = 28  # of the cycle, within its response window, [DESIGN]
    venetoclax_first_cycles: int = 2  # after each of the first two, [DESIGN] after practice
    venetoclax_every_cycles: int = 2  # then after every second
    before_hsct_opens_before_days: int = 28  # before conditioning, [DESIGN]
    before_hsct_due_before_days: int = 7  # so that the result is known when conditioning starts, [DESIGN]

    after_hsct_on_days: tuple[int, ...] = (30, 60, 100)  # [DESIGN]
    after_hsct_early_days: int = 7  # a sample so much earlier serves, [DESIGN]
    after_hsct_every_days: int = 91
    after_hsct_until_days: int = DAYS_OF_24_MONTHS

    confirmation_target_days: int = 14  # after the index sample, [DESIGN]
    confirmation_limit_days: int = 28  # ELN-DAVID 2025: within 4 weeks, day 28 in time

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            numbers = value if isinstance(value, tuple) else (value,)
            if any(number < 0 for number in numbers) or list(numbers) != sorted(set(numbers)):
                raise IntervalsRefused(field.name)
        if not self.after_hsct_on_days or self.venetoclax_every_cycles < 1:
            raise IntervalsRefused("after_hsct_on_days, venetoclax_every_cycles")


ELN_2021_INTERVALS = SamplingIntervals()
