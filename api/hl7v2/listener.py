"""The listener: many connections, one message at a time on each, none answered before it is stored."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from api.hl7v2.acknowledgement import NotStored
from api.hl7v2.frames import Frames, TooLong, framed

log = logging.getLogger(__name__)
IDLE_SECONDS = 300.0  # a connection on which nothing comes for so long is closed
READ_BYTES = 64 * 1024
STORING = 8  # messages stored at the same time, each on a database connection of its own
GRACE_SECONDS = 20.0  # for answers that are under way when the listener is stopped

Answer = Callable[[bytes, str], list[bytes]]


class Listener:
    """Serves connections until it is stopped; what was begun is answered, then each connection is closed."""

    def __init__(self, answer: Answer, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._answer = answer
        self._idle_seconds = idle_seconds
        self._pool = ThreadPoolExecutor(STORING, thread_name_prefix="mllp")
        self._stopping = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        self.port = 0

    async def serve(
        self, host: str, port: int, tls: ssl.SSLContext | None, ready: Callable[[int], None]
    ) -> None:  # fmt: skip
        """Listen until `stop`; `ready` is told the port."""
        server = await asyncio.start_server(self._connected, host, port, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        ready(self.port)
        await self._stopping.wait()
        server.close()
        if self._open:
            await asyncio.wait(self._open, timeout=GRACE_SECONDS)
        for task in self._open:
            task.cancel()
        self._pool.shutdown()

    def stop(self) -> None:
        """Take no more messages."""
        self._stopping.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 # asyncio runs every connection as a task
        self._open.add(task)
        peer = str((writer.get_extra_info("peername") or ("",))[0])
        try:
            await self._talk(reader, writer, peer)
        except (OSError, TimeoutError, ssl.SSLError) as error:
            log.info("The connection of %s ended: %s.", peer, error)
        finally:
            self._open.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> None:
        frames = Frames()
        while not self._stopping.is_set():
            data = await self._read(reader)
            if not data:
                return
            try:
                found = frames.feed(data)
            except TooLong:
                log.warning("%s sent a message that is too long; the connection is closed.", peer)
                return
            for raw in found:
                if not await self._take(raw, writer, peer):
                    return

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        """Return what comes next; nothing when the other side or this one ends."""
        reading = asyncio.ensure_future(reader.read(READ_BYTES))
        stopping = asyncio.ensure_future(self._stopping.wait())
        done, waiting = await asyncio.wait(
            {reading, stopping}, timeout=self._idle_seconds, return_when=asyncio.FIRST_COMPLETED
        )
        for task in waiting:
            task.cancel()
        return reading.result() if reading in done else b""

    async def _take(self, raw: bytes, writer: asyncio.StreamWriter, peer: str) -> bool:
        """Store and answer one message; False where it was not stored: the connection ends, to keep their order."""
        answers = await asyncio.get_running_loop().run_in_executor(self._pool, self._answer, raw, peer)
        for answer in answers:
            writer.write(framed(answer))
        await writer.drain()
        return not isinstance(answers, NotStored)


def tls_context(certificate: str, key: str, client_authority: str) -> ssl.SSLContext | None:
    """Return the TLS of the listener; with a client authority only senders whose certificate it signed get in."""
    if not certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key or None)
    if client_authority:
        context.load_verify_locations(client_authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
