"""A technician's browser at the bench, and how the tests read its pages."""

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.integration.bench_runs import Bench
from tests.world import World

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer


class AtTheBench(Client):
    """A technician's browser; after each answer the test looks at the tables as the technician again."""

    world: World

    def request(self, **request: Any) -> "Answer":
        answer = super().request(**request)
        self.world.as_person(self.world.technician)
        return answer


def text(answer: "Answer") -> str:
    """What a page says, without its marks."""
    plain = re.sub(r"<script.*?</script>|<svg.*?</svg>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(plain).split())


def ticked(answer: "Answer") -> int:
    """How many matches are proposed so surely that they are ticked."""
    return len(re.findall(r'name="match"[^>]* checked', answer.content.decode()))


def upload(lab: Client, bench: Bench, *files: tuple[str, bytes]) -> "Answer":
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return lab.post("/laboratory/runs/", {"laboratory": bench.world.laboratory.pk, "files": sent})
