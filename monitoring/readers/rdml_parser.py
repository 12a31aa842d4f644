"""Reads the XML of RDML as a stream: memory grows with the reactions, not with the curves between them.

Declarations of types and entities are refused before one of them takes effect (defusedxml). Names are compared
without their prefix, so that a file with `rdml:react` is read like one with `react`.
"""

from collections.abc import Callable, Iterable
from typing import ClassVar
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from monitoring.readers.rdml_file import (
    NAMESPACE,
    VERSIONS,
    RdmlFile,
    RdmlProgramme,
    RdmlQuantity,
    RdmlReaction,
    RdmlRun,
    RdmlSample,
)
from monitoring.readers.refusal import FileProblem, FileRefused, Place

MAX_DEPTH = 32  # elements within elements; [DESIGN] RDML needs 9
MAX_TEXT = 10_000  # characters of one element that is read
MAX_REACTIONS = 500_000  # [DESIGN] 5,184 wells of the largest chip in 8 targets are 41,472
_CURVES = frozenset({"adp", "mdp", "partitions"})
_MAX_WHOLE_DIGITS = 6
# the texts that are kept as they are: parent and element, what is open, where it is kept
_KEPT = {
    ("quantity", "value"): ("quantity", "value"),
    ("quantity", "unit"): ("quantity", "unit"),
    ("run", "instrument"): ("run", "instrument"),
    ("run", "runDate"): ("run", "run_at"),
    ("run", "pcrFormat"): ("run", "form_text"),
    ("pcrFormat", "rows"): ("run", "rows"),
    ("pcrFormat", "columns"): ("run", "columns"),
    ("pcrFormat", "rowLabel"): ("run", "row_label"),
    ("pcrFormat", "columnLabel"): ("run", "column_label"),
    ("data", "cq"): ("reaction", "cq"),
    ("data", "excl"): ("reaction", "excluded"),
}


def rdml_of(chunks: Iterable[bytes], name: str) -> RdmlFile:
    """Return the content of an RDML file; raises FileRefused for damage, entities, another root or version."""
    parser = _RdmlParser(name)
    try:
        for chunk in chunks:
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        raise FileRefused(FileProblem.ARCHIVE_UNSAFE, Place(parser.getLineNumber(), sheet=name)) from error
    except SAXParseException as error:
        raise FileRefused(FileProblem.ARCHIVE_BROKEN, Place(error.getLineNumber() or 0, sheet=name)) from error
    except (ValueError, LookupError) as error:  # an encoding that is declared and does not exist
        raise FileRefused(FileProblem.ARCHIVE_BROKEN, Place(sheet=name)) from error
    if not parser.file.version:  # not one byte of XML
        raise FileRefused(FileProblem.ARCHIVE_BROKEN, Place(sheet=name))
    return parser.file


class _Texts(ContentHandler):
    """Takes the characters of the element that is open, where they are wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] | None = None
        self.length = 0

    def characters(self, content: str) -> None:
        if self.parts is not None and self.length < MAX_TEXT:
            self.parts.append(content)
            self.length += len(content)

    def start(self) -> None:
        self.parts, self.length = [], 0

    def take(self) -> str:
        text = "".join(self.parts or ()).strip()
        self.parts = None
        return text


class _RdmlParser(DefusedExpatParser):  # type: ignore[misc] # the library has no types
    """Holds what is open while the stream runs; one method for each element that matters."""

    def __init__(self, name: str) -> None:
        super().__init__(forbid_dtd=True)
        self.name = name
        self.file = RdmlFile()
        self.texts = _Texts()
        self.setContentHandler(self.texts)
        self.path: list[str] = []
        self.curve_depth = 0
        self.sample: RdmlSample | None = None
        self.programme: RdmlProgramme | None = None
        self.step = self.back_to = 0
        self.run: RdmlRun | None = None
        self.react = self.react_sample = ""
        self.reacts_data = 0
        self.reaction: RdmlReaction | None = None
        self.quantity: RdmlQuantity | None = None
        self.type_target = ""
        self.reactions = 0

    # --- what the stream says ---

    def start_element(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        if ":" in name:
            name = name.rpartition(":")[2]
        if self.curve_depth:
            self.curve_depth += 1
            if name == "cyc":
                self.texts.start()
            elif self.curve_depth > MAX_DEPTH:
                raise self._refusal(FileProblem.ARCHIVE_UNSAFE, name)
            return
        if name in _CURVES:
            self.curve_depth = 1
            return
        parent = self.path[-1] if self.path else ""
        self.path.append(name)
        self._check_open(name, parent, attributes)
        opened = self._OPENED.get((parent, name))
        if opened is not None:
            opened(self, attributes)
        if (parent, name) in self._CLOSED or (parent, name) in _KEPT:
            self.texts.start()

    def end_element(self, name: str) -> None:
        """Close an element."""
        if ":" in name:
            name = name.rpartition(":")[2]
        if self.curve_depth:
            self.curve_depth -= 1
            if name == "cyc":
                self._last_cycle(self.texts.take())
            return
        self.path.pop()
        parent = self.path[-1] if self.path else ""
        kept = _KEPT.get((parent, name))
        closed = self._CLOSED.get((parent, name))
        if kept is not None:
            self._keep(*kept, self.texts.take())
        elif closed is not None:
            closed(self, self.texts.take())
        elif name == "react":
            self._close_react()
        elif name == "run":
            self.run = None

    def _keep(self, holder: str, part: str, text: str) -> None:
        open_now = getattr(self, holder)
        if open_now is not None:
            setattr(open_now, part, text)

    def _check_open(self, name: str, parent: str, attributes: dict[str, str]) -> None:
        if not parent:
            self._root(name, attributes)
        if len(self.path) > MAX_DEPTH:
            raise self._refusal(FileProblem.ARCHIVE_UNSAFE, name)

    def _refusal(self, problem: FileProblem, value: str) -> FileRefused:
        return FileRefused(problem, Place(self.getLineNumber() or 0, sheet=self.name), value)

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        if name != "rdml":
            raise self._refusal(FileProblem.NOT_RECOGNISED, name)
        version = attributes.get("version", "").strip()
        if version not in VERSIONS:
            raise self._refusal(FileProblem.VERSION_NOT_READ, version)
        self.file.version = version
        if NAMESPACE not in attributes.values():
            self.file.departs("xmlns")

    # --- samples and targets ---

    def _open_sample(self, attributes: dict[str, str]) -> None:
        self.sample = self.file.samples.setdefault(attributes.get("id", ""), RdmlSample())

    def _open_type(self, attributes: dict[str, str]) -> None:
        self.type_target = attributes.get("targetId", "")

    def _close_type(self, text: str) -> None:
        if self.sample is not None:
            self.sample.types[self.type_target] = text

    def _open_target(self, attributes: dict[str, str]) -> None:
        self.file.targets.add(attributes.get("id", ""))

    def _open_quantity(self, attributes: dict[str, str]) -> None:
        self.quantity = RdmlQuantity(attributes.get("targetId", ""))
        if self.path[-2] == "data":
            if self.reaction is not None:
                self.reaction.quantity = self.quantity
            if self.file.version != VERSIONS[0]:
                self.file.departs("data/quantity")
        elif self.sample is not None:
            self.sample.quantities[self.quantity.target] = self.quantity

    # --- programmes ---

    def _open_programme(self, attributes: dict[str, str]) -> None:
        self.programme = self.file.programmes.setdefault(attributes.get("id", ""), RdmlProgramme())

    def _close_nr(self, text: str) -> None:
        self.step = _whole(text)

    def _close_measure(self, text: str) -> None:
        if self.programme is not None and text == "real time":
            self.programme.measuring_steps.add(self.step)

    def _close_goto(self, text: str) -> None:
        self.back_to = _whole(text)

    def _close_repeat(self, text: str) -> None:
        if self.programme is not None and _whole(text):
            self.programme.loops.append((self.step, self.back_to, _whole(text)))

    # --- runs ---

    def _open_run(self, attributes: dict[str, str]) -> None:
        self.run = RdmlRun(attributes.get("id", ""))
        self.file.runs.append(self.run)

    def _open_run_programme(self, attributes: dict[str, str]) -> None:
        if self.run is not None:
            self.run.programme = attributes.get("id", "")

    # --- reactions ---

    def _open_react(self, attributes: dict[str, str]) -> None:
        self.react = attributes.get("id", "").strip()
        self.react_sample = ""
        self.reacts_data = 0

    def _close_react(self) -> None:
        if self.run is not None and not self.reacts_data:
            self.run.without_data += 1

    def _open_react_sample(self, attributes: dict[str, str]) -> None:
        self.react_sample = attributes.get("id", "")
        self.sample = None  # a type or quantity inside the reference belongs to no sample

    def _open_data(self, _attributes: dict[str, str]) -> None:
        self.reactions += 1
        if self.run is None:
            raise self._refusal(FileProblem.ARCHIVE_BROKEN, "data")
        if self.reactions > MAX_REACTIONS:
            raise self._refusal(FileProblem.TOO_LARGE, "react")
        self.reacts_data += 1
        self.reaction = RdmlReaction(self.react, self.react_sample, self.getLineNumber() or 0)
        self.run.reactions.append(self.reaction)

    def _open_tar(self, attributes: dict[str, str]) -> None:
        if self.reaction is not None:
            self.reaction.target = attributes.get("id", "")

    def _open_cq(self, _attributes: dict[str, str]) -> None:
        if self.reaction is not None:
            self.reaction.cq_line = self.getLineNumber() or 0

    def _last_cycle(self, text: str) -> None:
        if self.run is not None:
            self.run.last_cycle = max(self.run.last_cycle, _whole(text))

    _OPENED: ClassVar[dict[tuple[str, str], Callable[["_RdmlParser", dict[str, str]], None]]] = {
        ("rdml", "sample"): _open_sample,
        ("sample", "type"): _open_type,
        ("rdml", "target"): _open_target,
        ("sample", "quantity"): _open_quantity,
        ("data", "quantity"): _open_quantity,
        ("rdml", "thermalCyclingConditions"): _open_programme,
        ("experiment", "run"): _open_run,
        ("run", "thermalCyclingConditions"): _open_run_programme,
        ("run", "react"): _open_react,
        ("react", "sample"): _open_react_sample,
        ("react", "data"): _open_data,
        ("data", "tar"): _open_tar,
        ("data", "cq"): _open_cq,
    }
    _CLOSED: ClassVar[dict[tuple[str, str], Callable[["_RdmlParser", str], None]]] = {
        ("sample", "type"): _close_type,
        ("step", "nr"): _close_nr,
        ("temperature", "measure"): _close_measure,
        ("gradient", "measure"): _close_measure,
        ("loop", "goto"): _close_goto,
        ("loop", "repeat"): _close_repeat,
    }


def _whole(text: str) -> int:
    """Return a whole number of a programme or a curve, written 40 or 40.0; 0 for what is none."""
    digits = text.partition(".")[0]
    return int(digits) if digits.isdecimal() and len(digits) <= _MAX_WHOLE_DIGITS else 0
