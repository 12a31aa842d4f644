"""The results of one series column beside column, as a registry hands them over.

A rule needs a few columns of every result; a Result is made only for the few that are shown as evidence.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Self, overload

from monitoring.domain.results import Result
from monitoring.domain.terms import Call, Timepoint, Tissue

Written = Decimal | str | None  # an exact number as it is, or as it is written; "" and None: none


def exact(number: Written) -> Decimal | None:
    """Return the number that is written; raises decimal.InvalidOperation where none is."""
    return None if number is None or number == "" else Decimal(number)


class ResultColumns(Sequence[Result]):
    """Results in the order in which they were given; `days` are ordinals, numbers as in Result.

    Limits may come as text: few of them are ever read as numbers.
    """

    __slots__ = (
        "_made",
        "_whole",
        "abl1_copies",
        "calls",
        "days",
        "ids",
        "keys",
        "lods",
        "loqs",
        "pcts",
        "timepoints",
        "tissues",
    )

    def __init__(
        self,
        ids: Sequence[str],
        days: Sequence[int],
        tissues: Sequence[Tissue],
        calls: Sequence[Call],
        pcts: Sequence[Decimal | None],
        abl1_copies: Sequence[Decimal | None],
        lods: Sequence[Written],
        loqs: Sequence[Written],
        keys: Sequence[str],
        timepoints: Sequence[Timepoint | None],
    ) -> None:
        self.ids, self.days, self.tissues, self.calls = ids, days, tissues, calls
        self.pcts, self.abl1_copies, self.lods, self.loqs = pcts, abl1_copies, lods, loqs
        self.keys, self.timepoints = keys, timepoints
        self._made: dict[int, Result] = {}
        self._whole: tuple[Result, ...] | None = None

    @classmethod
    def of(cls, results: Sequence[Result]) -> Self:
        """Return the columns of these results."""
        columns = cls(
            [each.id for each in results],
            [each.collected_on.toordinal() for each in results],
            [each.tissue for each in results],
            [each.call for each in results],
            [each.pct_abl1 for each in results],
            [each.abl1_copies for each in results],
            [each.lod_pct_abl1 for each in results],
            [each.loq_pct_abl1 for each in results],
            [each.assay_key for each in results],
            [each.timepoint for each in results],
        )
        columns._made = dict(enumerate(results))
        return columns

    def at(self, place: int) -> Result:
        """Return the result at a place, made once."""
        made = self._made.get(place)
        if made is None:
            made = self._made[place] = self._make(place)
        return made

    def _make(self, place: int) -> Result:
        return Result(
            self.ids[place],
            date.fromordinal(self.days[place]),
            self.tissues[place],
            self.calls[place],
            self.pcts[place],
            self.abl1_copies[place],
            exact(self.lods[place]),
            exact(self.loqs[place]),
            self.keys[place],
            self.timepoints[place],
        )

    def _all(self) -> tuple[Result, ...]:
        if self._whole is None:
            self._whole = tuple(map(self.at, range(len(self.ids))))
        return self._whole

    def __len__(self) -> int:
        """Return how many results there are."""
        return len(self.ids)

    def __iter__(self) -> Iterator[Result]:
        """Return the results one after another."""
        return iter(self._all())

    @overload
    def __getitem__(self, place: int) -> Result: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Result, ...]: ...

    def __getitem__(self, place: int | slice) -> Result | tuple[Result, ...]:
        """Return one result, or those of a slice."""
        if isinstance(place, slice):
            return self._all()[place]
        return self.at(range(len(self.ids))[place])

    def __eq__(self, other: object) -> bool:
        """Whether the results are the same, however they are kept."""
        return self._all() == tuple(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]
