"""Why an instrument's file was not read and what to do, with its place; and what a reader had to decide."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from monitoring.domain.plate import FileFormat, NoteCode, ReaderNote
from monitoring.readers.reading import LARGEST_FILE
from monitoring.readers.refusal import FileProblem, FileRefused, Place

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MEBIBYTE = 1024 * 1024
_EXPORT_AGAIN = _("Export the file again from the instrument's software and send it unchanged.")
_ONE_MARK = _(
    "Write all numbers of the file with one decimal mark and nothing between thousands, or export it again with the "
    "settings of the instrument's computer."
)

# problem: (reason, what to do); %(value)s is what stood in the cell, %(column)s the heading
SENTENCES: dict[FileProblem, tuple["_StrPromise", "_StrPromise"]] = {
    FileProblem.EMPTY: (_("The file is empty."), _EXPORT_AGAIN),
    FileProblem.TOO_LARGE: (
        _("The file is too large: larger than %(limit)s MB, or with more lines or wells than one plate can have."),
        _("Export the results alone, without raw data and amplification curves."),
    ),
    FileProblem.NOT_RECOGNISED: (
        _("This is no export that can be read."),
        _("Export the results as text, csv, xlsx or RDML, or use the plain csv that the method page describes."),
    ),
    FileProblem.RAW_FLUORESCENCE: (
        _("The file holds fluorescence by cycle and no Cq."),
        _("Export the results of the analysis (Cq, Ct or Cp of each well) instead of the raw data."),
    ),
    FileProblem.NOT_TEXT: (
        _("Signs stand here that belong to no text: the file is damaged or of another kind."),
        _EXPORT_AGAIN,
    ),
    FileProblem.TABLE_MISSING: (
        _("The table of results is missing (“%(value)s”)."),
        _("Export again and choose the results of the wells among the contents."),
    ),
    FileProblem.TABLE_CUT_OFF: (
        _("The table ends in the middle: wells or cells are missing here."),
        _("Export again, with all wells, and wait until the software has written the whole file."),
    ),
    FileProblem.COLUMN_MISSING: (
        _("The column “%(value)s” is missing."),
        _("Export again with this column, under its own heading."),
    ),
    FileProblem.COLUMN_TWICE: (
        _("“%(value)s” stands twice: which one counts is not known."),
        _("Leave one of them out and send the file again."),
    ),
    FileProblem.NUMBER_UNREADABLE: (
        _("“%(value)s” is no number."),
        _("Write digits with one decimal mark, or “Undetermined” where nothing amplified."),
    ),
    FileProblem.NUMBER_AMBIGUOUS: (
        _("“%(value)s” can be read in two ways, or differs from the other numbers of the file."),
        _ONE_MARK,
    ),
    FileProblem.NUMBER_IMPOSSIBLE: (
        _("“%(value)s” cannot have been measured: it is negative, endless or far too large."),
        _("Correct it, or leave the well out on the instrument, and export again."),
    ),
    FileProblem.WELL_IMPOSSIBLE: (
        _("“%(value)s” is no well."),
        _("Write a position such as A1 or H12, or the number of the tube."),
    ),
    FileProblem.WELL_TWICE: (
        _("One target stands twice in one well (%(value)s)."),
        _("Give each target of a well its own name, and export each plate in a file of its own."),
    ),
    FileProblem.ROLE_UNKNOWN: (
        _("“%(value)s” does not tell what the well is there for, or does not fit to its quantity."),
        _("Write sample, standard, no template, no RT, extraction blank, wild type or positive control."),
    ),
    FileProblem.ROW_TOO_LONG: (
        _("This line is longer than its headings: “%(value)s” stands beyond them."),
        _("Where a decimal comma parts the numbers, separate the cells by semicolon or tab."),
    ),
    FileProblem.ARCHIVE_BROKEN: (_("The file is damaged and cannot be opened."), _EXPORT_AGAIN),
    FileProblem.ARCHIVE_UNSAFE: (
        _("The file is built in a way that could harm the server, and was not opened."),
        _("Export it again from the instrument's software; if it is refused again, ask who made it."),
    ),
    FileProblem.VERSION_NOT_READ: (
        _("Version “%(value)s” of this format is not read."),
        _("Save it in another version (RDML 1.0 to 1.4), or export text or csv."),
    ),
    FileProblem.NO_REACTIONS: (
        _("There is no well in the file."),
        _("Give the wells samples and targets on the instrument, and export again."),
    ),
    FileProblem.QUOTE_NOT_CLOSED: (
        _("A quotation mark is opened here and closed on another line or never: lines would be lost."),
        _("Take quotation marks and line breaks out of names and comments, and export again."),
    ),
    FileProblem.SEVERAL_PLATES: (
        _("The file holds several plates (“%(value)s” is another one)."),
        _("Export each plate in a file of its own."),
    ),
    FileProblem.CELL_EMPTY: (
        _("This cell is empty, and the well cannot be used without it."),
        _("Fill it in on the instrument and export again."),
    ),
    FileProblem.FLAG_UNREADABLE: (
        _("“%(value)s” is neither yes nor no."),
        _("Write true where the column applies to the well and false where it does not."),
    ),
}

NOTES: dict[NoteCode, "_StrPromise"] = {
    NoteCode.ENCODING_GUESSED: _(
        "The file does not tell its encoding: it was read as Western European (Windows-1252). Look at accented letters."
    ),
    NoteCode.DECIMAL_COMMA: ngettext_lazy(
        "%(count)s number was read with a decimal comma.", "%(count)s numbers were read with a decimal comma.", "count"
    ),
    NoteCode.THOUSANDS_SEPARATOR: ngettext_lazy(
        "%(count)s number was read with separators between thousands (%(detail)s); the other numbers of the file "
        "agree.",
        "%(count)s numbers were read with separators between thousands (%(detail)s); the other numbers of the file "
        "agree.",
        "count",
    ),
    NoteCode.CQ_AT_CYCLE_COUNT: ngettext_lazy(
        "%(count)s Cq at the number of cycles (%(detail)s) was read as no amplification.",
        "%(count)s Cq at the number of cycles (%(detail)s) were read as no amplification.",
        "count",
    ),
    NoteCode.CQ_ZERO: ngettext_lazy(
        "%(count)s Cq of 0 was read as no amplification.",
        "%(count)s Cq of 0 were read as no amplification.",
        "count",
    ),
    NoteCode.TARGET_NOT_NAMED: ngettext_lazy(
        "In %(count)s well the file does not name the target: the dye stands for it (%(detail)s). Say which target "
        "it is.",
        "In %(count)s wells the file does not name the target: the dye stands for it (%(detail)s). Say which target "
        "it is.",
        "count",
    ),
    NoteCode.WELLS_EMPTY: ngettext_lazy(
        "%(count)s well without sample and target was left aside.",
        "%(count)s wells without sample and target were left aside.",
        "count",
    ),
    NoteCode.VERSION_NOT_VALID: _(
        "The file departs from the version that it declares (%(detail)s); it was read as it is."
    ),
}

FORMAT_NAMES: dict[FileFormat, "_StrPromise"] = {
    FileFormat.QUANTSTUDIO_TEXT: _("QuantStudio or ViiA 7, text"),
    FileFormat.QUANTSTUDIO_CSV: _("QuantStudio or ViiA 7, csv"),
    FileFormat.QUANTSTUDIO_XLSX: _("QuantStudio or ViiA 7, xlsx"),
    FileFormat.DESIGN_ANALYSIS_XLSX: _("QuantStudio Design & Analysis 2, xlsx"),
    FileFormat.SDS_TEXT: _("SDS 2.x, text"),
    FileFormat.LIGHTCYCLER_TEXT: _("LightCycler 480, text"),
    FileFormat.CFX_CSV: _("Bio-Rad CFX, csv"),
    FileFormat.ROTOR_GENE_CSV: _("Rotor-Gene, csv"),
    FileFormat.RDML: _("RDML"),
    FileFormat.PLAIN_CSV: _("plain csv"),
}


def refusal(refused: FileRefused, name: str) -> str:
    """Return why a file was not read, where, and what to do: `plate.csv, line 31, column Cq: “1,234” can be ...`."""
    reason, advice = SENTENCES[refused.problem]
    filled = str(reason) % {"value": refused.value, "limit": LARGEST_FILE // MEBIBYTE}
    return _now("%(place)s: %(reason)s %(advice)s") % {
        "place": place(refused.place, name),
        "reason": filled,
        "advice": str(advice),
    }


def place(where: Place, name: str) -> str:
    """Return where in a file: `plate.xlsx, sheet Results, line 31, column CT`, as far as it is known."""
    parts = [name or _now("The file")]
    if where.sheet:
        parts.append(_now("sheet %(sheet)s") % {"sheet": where.sheet})
    if where.line:
        parts.append(_now("line %(line)s") % {"line": where.line})
    if where.column:
        parts.append(_now("column %(column)s") % {"column": where.column})
    return ", ".join(parts)


def note(decided: ReaderNote) -> str:
    """Return what a reader had to decide, with how often."""
    return str(NOTES[decided.code] % {"count": decided.count, "detail": decided.detail})


def format_name(form: FileFormat) -> str:
    """Return a format as laboratories call it."""
    return str(FORMAT_NAMES[form])
