"""Frames of MLLP: 0x0B, the message, 0x1C 0x0D; however TCP cut or joined them."""

START, END = b"\x0b", b"\x1c\x0d"
LONGEST = 5 * 1024 * 1024  # bytes of one message


class TooLong(Exception):
    """A frame that does not end within what one message may be."""


class Frames:
    """Takes bytes as they come, gives whole messages; what lies between frames is dropped."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._looked = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Return the messages that end in these bytes; raises TooLong."""
        self._held += data
        found = []
        while (message := self._next()) is not None:
            found.append(message)
        if len(self._held) > LONGEST:
            raise TooLong
        return found

    def _next(self) -> bytes | None:
        begin = self._held.find(START)
        if begin < 0:
            self._held.clear()
            self._looked = 0
            return None
        if begin:
            del self._held[:begin]
            self._looked = 0
        end = self._held.find(END, self._looked)
        if end < 0:
            self._looked = max(0, len(self._held) - 1)
            return None
        # a message that was cut off and begun anew on one connection: the last beginning counts
        message = bytes(self._held[self._held.rfind(START, 0, end) + 1 : end])
        del self._held[: end + len(END)]
        self._looked = 0
        return message


def framed(message: bytes) -> bytes:
    """Return a message in its frame."""
    return START + message + END
