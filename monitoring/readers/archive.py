"""Archives and bare XML: opened safely, told apart by what is in them, handed to the reader of their format."""

from collections.abc import Iterable

from monitoring.domain.plate import Plate
from monitoring.readers import quantstudio_xlsx, rdml
from monitoring.readers.refusal import FileProblem, FileRefused, Place
from monitoring.readers.spreadsheet import is_workbook
from monitoring.readers.zip_members import CHUNK_BYTES, ZipMembers, open_zip

RDML_MEMBER = "rdml_data.xml"
_ZIP = b"PK"


def read_archive(content: bytes, name: str) -> Plate:
    """Return the plate of a zip archive (xlsx, RDML) or of bare RDML; raises FileRefused for everything else.

    `name` is the file's own, told as the place of a problem in a file that is no archive.
    """
    if not content.startswith(_ZIP):
        return rdml.read((content[at : at + CHUNK_BYTES] for at in range(0, len(content), CHUNK_BYTES)), name)
    members = open_zip(content)
    if is_workbook(members):
        return quantstudio_xlsx.read(members)
    return _read_rdml(members)


def _read_rdml(members: ZipMembers) -> Plate:
    inner = _rdml_member(members.names)
    return rdml.read(members.chunks(inner), inner)


def _rdml_member(names: Iterable[str]) -> str:
    """Return the one XML of an archive, whatever it is called; of several the one that RDML prescribes."""
    found = [name for name in names if name.casefold().endswith(".xml")]
    if len(found) == 1:
        return found[0]
    prescribed = [name for name in found if name.casefold() == RDML_MEMBER]
    if not prescribed:
        raise FileRefused(FileProblem.NOT_RECOGNISED, Place(sheet=found[0] if found else ""))
    return prescribed[0]
