"""What the names of targets in a file stand for: known from earlier runs, or proposed by marker and mutation type."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitoring.domain.control_names import is_control_gene
from monitoring.domain.run_names import target_key
from monitoring.models import Assay, QpcrRun, RunReaction, RunTarget
from monitoring.models.choices import RunTargetChoice


@dataclass(frozen=True, slots=True)
class TargetOfRun:
    """One name of a target; `kind` is empty until a person says what it is, `suggested` an assay that fits alone."""

    name: str
    kind: str
    assay_id: int | None
    assay: str
    suggested_id: int | None
    reactions: int


@dataclass(frozen=True, slots=True)
class AssayToChoose:
    """An assay of the laboratory."""

    assay_id: int
    said: str
    marker: str
    mutation_type: str


def certain_targets(laboratory_id: int, names: Sequence[str]) -> dict[str, tuple[str, int | None]]:
    """Return what is certain: ABL1 by its name, and names that were said to be one assay before."""
    remembered: dict[str, set[int]] = {}
    for assay in _active(laboratory_id):
        for name in assay.target_names:
            remembered.setdefault(name, set()).add(assay.pk)
    found: dict[str, tuple[str, int | None]] = {}
    for name in names:
        assays = remembered.get(name, set())
        if len(assays) == 1:
            found[name] = (RunTargetChoice.ASSAY.value, next(iter(assays)))
        elif not assays and is_control_gene(name):
            found[name] = (RunTargetChoice.CONTROL_GENE.value, None)
    return _each_once(found)


def targets_of(run: QpcrRun) -> tuple[TargetOfRun, ...]:
    """Return every target of a run in the order of its file."""
    said = {row.target_name: row for row in RunTarget.objects.filter(run=run).select_related("assay")}
    counted: dict[str, int] = {}
    for name in RunReaction.objects.filter(run=run).order_by("pk").values_list("target_name", flat=True):
        counted[name] = counted.get(name, 0) + 1
    assays = _active(run.laboratory_id)
    return tuple(_target(name, said.get(name), assays, number) for name, number in counted.items())


def assays_to_choose(laboratory_id: int) -> tuple[AssayToChoose, ...]:
    """Return the assays in use at a laboratory."""
    return tuple(AssayToChoose(row.pk, str(row), row.marker, row.mutation_type) for row in _active(laboratory_id))


def _active(laboratory_id: int) -> list[Assay]:
    return list(Assay.objects.filter(laboratory_id=laboratory_id, is_active=True).order_by("name", "version"))


def _each_once(found: dict[str, tuple[str, int | None]]) -> dict[str, tuple[str, int | None]]:
    """Two names for one assay, or two control genes, are no certainty."""
    meanings = list(found.values())
    return {name: meaning for name, meaning in found.items() if meanings.count(meaning) == 1}


def _target(name: str, row: RunTarget | None, assays: Iterable[Assay], reactions: int) -> TargetOfRun:
    return TargetOfRun(
        name=name,
        kind=row.kind if row else "",
        assay_id=row.assay_id if row else None,
        assay=str(row.assay) if row and row.assay else "",
        suggested_id=None if row else _suggested(name, assays),
        reactions=reactions,
    )


def _suggested(name: str, assays: Iterable[Assay]) -> int | None:
    fitting = [assay.pk for assay in assays if target_key(name) in _keys(assay)]
    return fitting[0] if len(fitting) == 1 else None


def _keys(assay: Assay) -> set[str]:
    """The spellings under which an assay is proposed: its marker with the mutation type, its name before ABL1."""
    return {target_key(f"{assay.marker} {assay.mutation_type}"), target_key(assay.name.split("/")[0])}
