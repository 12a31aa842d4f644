"""RDML 1.0 to 1.4 (rdml.org): one reaction is one `data` element, whatever program wrote the file.

Not amplified is a Cq that is absent, -1, NaN, 0, or at the number of cycles of the programme. A file that departs
from the schema of its version is read as far as it is clear, and that is noted.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from monitoring.domain.plate import FileFormat, NoteCode, Plate, Reaction, WellRole
from monitoring.readers.headings import folded
from monitoring.readers.measured import COPIES_LIMIT, CQ_LIMIT
from monitoring.readers.notes import Notes
from monitoring.readers.rdml_file import VERSIONS, RdmlFile, RdmlQuantity, RdmlReaction, RdmlRun, RdmlSample, of_target
from monitoring.readers.rdml_parser import rdml_of
from monitoring.readers.rdml_wells import PlateForm, form_of
from monitoring.readers.refusal import FileProblem, FileRefused, Place
from monitoring.readers.roles import role_in_well

FEWEST_CYCLES = 20  # [DESIGN] curves that end earlier were cut; no quantitative programme is as short
OPTICAL = "opt"  # wells that calibrate the optics: nothing is measured in them
ROLES: dict[str, WellRole] = {
    "": WellRole.SAMPLE,
    "unkn": WellRole.SAMPLE,
    "std": WellRole.STANDARD,
    "ntc": WellRole.NO_TEMPLATE,
    "nac": WellRole.NO_TEMPLATE,  # no amplification control: nothing may amplify in it either
    "nrt": WellRole.NO_RT,
    "ntp": WellRole.WILD_TYPE,  # no target present: a sample without the mutation
    "pos": WellRole.POSITIVE_CONTROL,
}
COPY_UNITS = frozenset({"cop", "other", ""})  # StepOne writes "other" where it means copies
NOT_AMPLIFIED = Decimal(-1)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_LONGEST_NUMBER = 40
_ENDLESS = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)


def read(chunks: Iterable[bytes], name: str) -> Plate:
    """Return the plate of RDML in pieces of XML; `name` is the inner file, told as the place of a problem."""
    file = rdml_of(chunks, name)
    _check_measured(file, name)
    reading = _Reading(file, name)
    for number, run in enumerate(file.runs):
        reading.add(number, run)
    if not reading.reactions:
        raise FileRefused(FileProblem.NO_REACTIONS, Place(sheet=name))
    for what, count in file.departures.items():
        reading.notes.counts[NoteCode.VERSION_NOT_VALID] += count
        reading.notes.details.setdefault(NoteCode.VERSION_NOT_VALID, f"{file.version} {what}")
    return Plate(
        format=FileFormat.RDML,
        reactions=tuple(reading.reactions),
        instrument=next((run.instrument for run in file.runs if run.instrument), ""),
        run_name=", ".join(run.id for run in file.runs if run.reactions),
        run_at=next((run.run_at for run in file.runs if run.run_at), ""),
        cycles=reading.cycles,
        notes=reading.notes.told(),
    )


def _check_measured(file: RdmlFile, name: str) -> None:
    """Raise FileRefused for a file of curves alone: none of its reactions was given a Cq."""
    reactions = [reaction for run in file.runs for reaction in run.reactions]
    if reactions and all(reaction.cq is None for reaction in reactions):
        raise FileRefused(FileProblem.RAW_FLUORESCENCE, Place(reactions[0].line, "cq", name))


@dataclass(slots=True)
class _Reading:
    """Turns runs into reactions of one plate."""

    file: RdmlFile
    name: str
    notes: Notes = field(default_factory=Notes)
    reactions: list[Reaction] = field(default_factory=list)
    cycles: int | None = None
    _runs: dict[tuple[str, str], int] = field(default_factory=dict)  # well and target: number of the run
    _samples: dict[str, tuple[str, int]] = field(default_factory=dict)  # well: its sample, number of the run

    def add(self, number: int, run: RdmlRun) -> None:
        """Add the reactions of a run by its number in the file; raises FileRefused where it is of another plate."""
        form = self._form(run)
        cqs = [self._cq(reaction) for reaction in run.reactions]
        cycles = self._cycles(run, cqs)
        self.cycles = max(filter(None, (self.cycles, cycles)), default=None)
        for reaction, cq in zip(run.reactions, cqs, strict=True):
            read = self._reaction(form, reaction, self._amplified(cq, cycles))
            if read is None:
                self.notes.count(NoteCode.WELLS_EMPTY, OPTICAL)
            else:
                self._check_plate(number, reaction, read)
                self.reactions.append(read)
        for _ in range(run.without_data):
            self.notes.count(NoteCode.WELLS_EMPTY)

    def _reaction(self, form: PlateForm, found: RdmlReaction, cq: Decimal | None) -> Reaction | None:
        sample = self.file.samples.get(found.sample)
        if sample is None:
            self.file.departs("react/sample")
        kind = of_target((sample or RdmlSample()).types, found.target) or ""
        if kind == OPTICAL:
            return None
        role, role_by_name = self._role(found, kind)
        standard = role is WellRole.STANDARD
        copies, mark = self._copies(found, self._quantity(sample, found, role), nominal=standard)
        return Reaction(
            well=self._well(form, found),
            sample=found.sample,
            target=self._target(found),
            role=role,
            cq=cq,
            standard_copies=copies if standard else None,
            printed_copies=None if standard else copies,
            omitted=found.excluded is not None,
            marks=tuple(text for text in (found.excluded, mark) if text),
            line=found.line,
            role_by_name=role_by_name,
        )

    # --- parts of a reaction ---

    def _form(self, run: RdmlRun) -> PlateForm:
        named = self.file.version == VERSIONS[0]
        if named != bool(run.form_text):
            self.file.departs("pcrFormat")
        return form_of(run) or PlateForm(0, 1)

    def _well(self, form: PlateForm, found: RdmlReaction) -> str:
        well = form.well(found.react)
        if not well:
            raise self._refusal(FileProblem.WELL_IMPOSSIBLE, found.line, "react", found.react)
        if self.file.version != VERSIONS[0] and not found.react.isdecimal():
            self.file.departs("react/id")
        return well

    def _target(self, found: RdmlReaction) -> str:
        if not found.target:
            raise self._refusal(FileProblem.CELL_EMPTY, found.line, "tar", "")
        if found.target not in self.file.targets:
            self.file.departs("data/tar")
        return found.target

    def _role(self, found: RdmlReaction, kind: str) -> tuple[WellRole, bool]:
        if kind not in ROLES:
            raise self._refusal(FileProblem.ROLE_UNKNOWN, found.line, "type", kind)
        return role_in_well(ROLES[kind], found.sample)

    def _quantity(self, sample: RdmlSample | None, found: RdmlReaction, role: WellRole) -> RdmlQuantity | None:
        """Return what the sample holds for a standard, what the instrument computed (1.0) for everything else."""
        if role is not WellRole.STANDARD:
            return found.quantity
        return (of_target(sample.quantities, found.target) if sample else None) or found.quantity

    def _copies(
        self, found: RdmlReaction, quantity: RdmlQuantity | None, *, nominal: bool
    ) -> tuple[Decimal | None, str]:
        """Return a quantity in copies; one in another unit stays a mark beside the well and is never computed with."""
        if quantity is None:
            return None, ""
        value = self._number(quantity.value, found.line, "quantity")
        if value is None:
            return None, ""
        if not 0 <= value < COPIES_LIMIT or (nominal and value == 0):
            raise self._refusal(FileProblem.NUMBER_IMPOSSIBLE, found.line, "quantity", quantity.value)
        if quantity.unit not in COPY_UNITS:
            return None, f"{quantity.value} {quantity.unit}"
        return value, ""

    # --- the Cq ---

    def _cq(self, found: RdmlReaction) -> Decimal | None:
        """Return the Cq as printed; None where it is absent, -1 or NaN."""
        if found.cq is None:
            return None
        if not found.cq:
            self.file.departs("data/cq")
            return None
        value = self._number(found.cq, found.cq_line, "cq")
        if value is None or value == NOT_AMPLIFIED:
            return None
        if not 0 <= value < CQ_LIMIT:
            raise self._refusal(FileProblem.NUMBER_IMPOSSIBLE, found.cq_line, "cq", found.cq)
        return value

    def _amplified(self, cq: Decimal | None, cycles: int | None) -> Decimal | None:
        if cq == 0:
            self.notes.count(NoteCode.CQ_ZERO)
            return None
        if cq is not None and cycles is not None and cq >= cycles:
            self.notes.count(NoteCode.CQ_AT_CYCLE_COUNT, str(cycles))
            return None
        return cq

    def _cycles(self, run: RdmlRun, cqs: Sequence[Decimal | None]) -> int | None:
        """Return the number of cycles: of the programme, otherwise of the longest curve; never one below a Cq."""
        programme = self.file.programmes.get(run.programme)
        told = programme.cycles() if programme is not None else None
        cycles = max(told or 0, run.last_cycle)
        highest = max((cq for cq in cqs if cq is not None), default=Decimal(0))
        return cycles if cycles >= FEWEST_CYCLES and highest <= cycles else None

    def _number(self, text: str, line: int, element: str) -> Decimal | None:
        if text.casefold() == "nan" or not text:
            return None
        if _ENDLESS.fullmatch(text):
            raise self._refusal(FileProblem.NUMBER_IMPOSSIBLE, line, element, text)
        if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
            raise self._refusal(FileProblem.NUMBER_UNREADABLE, line, element, text)
        return Decimal(text)

    # --- one plate ---

    def _check_plate(self, number: int, found: RdmlReaction, read: Reaction) -> None:
        """Raise FileRefused for a target twice in a well, and for runs in which a well is not the same well."""
        key = (read.well, folded(read.target) or read.target)
        if key in self._runs:
            raise self._clash(found, read, in_one_run=self._runs[key] == number)
        self._runs[key] = number
        sample, its_run = self._samples.setdefault(read.well, (read.sample, number))
        if sample != read.sample:
            raise self._clash(found, read, in_one_run=its_run == number)

    def _clash(self, found: RdmlReaction, read: Reaction, *, in_one_run: bool) -> FileRefused:
        problem = FileProblem.WELL_TWICE if in_one_run else FileProblem.SEVERAL_PLATES
        return self._refusal(problem, found.line, "react", f"{read.well} {read.target}")

    def _refusal(self, problem: FileProblem, line: int, element: str, value: str) -> FileRefused:
        return FileRefused(problem, Place(line, element, self.name), value)
