"""A sender as an interface engine is one: message after message, again until it is answered with AA/CA or AR/CR.

AE, CE and a cut connection mean: once more. The line is bad on purpose: messages in pieces, several in one write, cut
in the middle, cut right after the last byte so that the answer is never read.
"""

import random
import re
import socket
import threading
import time
from collections.abc import Callable, Sequence

from api.hl7v2.frames import framed
from tests.functional.hospital_day.facts import Sent
from tests.functional.hospital_day.habits import SENDERS

ANSWER_SECONDS, AGAIN_SECONDS, GIVE_UP_SECONDS = 30.0, 0.1, 240.0
MOST_IN_A_WRITE = 4
WAYS, WEIGHTS = ("whole", "pieces", "several", "cut in the middle", "cut after"), (76, 10, 8, 3, 3)
ANSWER = re.compile(rb"\x0b(.*?)\x1c\r", re.DOTALL)
CODE = re.compile(rb"\rMSA\|([AC])([AER])\|([^\r|]*)")


class Sender(threading.Thread):
    """Sends one queue in its order; `letters` keeps the last answer to each message, `whole` how often it went out."""

    def __init__(
        self, queue: Sequence[Sent], port: int, seed: int, answered: Callable[[int], None], *, disturbed: bool = True
    ) -> None:  # fmt: skip
        super().__init__(name=f"sender {queue[0].sender}")
        self._queue, self._port, self._answered, self._disturbed = queue, port, answered, disturbed
        self._dice = random.Random(f"{seed} {queue[0].sender}")
        self._line: socket.socket | None = None
        self._heard = b""
        self.letters: list[str] = []
        self.whole = [0] * len(queue)
        self.faults: list[str] = []
        self.cuts = 0

    def run(self) -> None:
        """Send everything; a fault of the other side that no resend mends ends it."""
        place, last_answer = 0, time.monotonic()
        while place < len(self._queue) and not self.faults:
            try:
                done = self._turn(place)
            except OSError:
                done = 0
                self._hang_up()
            if done:
                place, last_answer = place + done, time.monotonic()
                self._answered(done)
            elif time.monotonic() - last_answer > GIVE_UP_SECONDS:
                self.faults.append(f"no answer to message {place} ({self._queue[place].control})")
            else:
                time.sleep(AGAIN_SECONDS)
        self._hang_up()

    def _turn(self, place: int) -> int:
        """Put the next message, or some, on the line in one of the ways; return how many were answered for good."""
        way = self._dice.choices(WAYS, WEIGHTS)[0] if self._disturbed else "whole"
        count = min(self._dice.randint(2, MOST_IN_A_WRITE), len(self._queue) - place) if way == "several" else 1
        batch = self._queue[place : place + count]
        data = b"".join(framed(each.raw) for each in batch)
        if way == "cut in the middle":
            self._connected().sendall(data[: self._dice.randrange(1, len(data) - 2)])
            return self._cut()
        for each in range(place, place + count):
            self.whole[each] += 1
        self._write(data, way)
        if way == "cut after":
            return self._cut()
        return self._answers(batch)

    def _write(self, data: bytes, way: str) -> None:
        line, begin = self._connected(), 0
        for end in sorted(self._dice.sample(range(1, len(data)), 3)) if way == "pieces" else ():
            line.sendall(data[begin:end])
            begin = end
        line.sendall(data[begin:])

    def _answers(self, batch: Sequence[Sent]) -> int:
        """Read what is answered, in order; the first that is not settled has everything behind it sent again."""
        for settled, sent in enumerate(batch):
            try:
                letter = self._answer(sent)
            except OSError:
                letter = "E"  # cut: what was answered before stays answered
            if letter == "E":
                self._hang_up()  # what was sent behind it is not waited for
                return settled
            self.letters.append(letter)
        return len(batch)

    def _answer(self, sent: Sent) -> str:
        """Return the letter of the answers to one message; each has to name it and to be of the mode asked for."""
        habits, found = SENDERS[sent.sender], []
        for _ in range(habits.answers if sent.has_header else 1):
            code = CODE.search(self._frame())
            if code is None or (sent.has_header and code[3].decode() != sent.control):
                self.faults.append(f"{sent.control} was answered with {code and code[0]!r}")
                return "E"
            found.append((code[1].decode(), code[2].decode()))
        wanted = habits.letters if sent.has_header else "A"
        if "".join(first for first, _ in found) != wanted or len({letter for _, letter in found}) > 1:
            self.faults.append(f"{sent.control} was answered with {found}")
        return found[-1][1]

    def _frame(self) -> bytes:
        while (match := ANSWER.match(self._heard)) is None:
            came = self._connected().recv(65536)
            if not came:
                raise ConnectionResetError
            self._heard += came
        self._heard = self._heard[match.end() :]
        return match[1]

    def _connected(self) -> socket.socket:
        if self._line is None:
            self._heard = b""
            self._line = socket.create_connection(("127.0.0.1", self._port), ANSWER_SECONDS)
            self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._line

    def _cut(self) -> int:
        self.cuts += 1
        self._hang_up()
        return 0

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
