"""The listener as senders meet it: a client of others, cut connections, no database, TLS on both sides."""

import asyncio
import datetime as dt
import socket
import ssl
import subprocess
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import hl7
import pytest
from django.db import connection
from hl7.mllp import open_hl7_connection

from api.hl7v2 import listener as listening
from api.hl7v2 import receiving
from api.hl7v2.acknowledgement import NotStored
from api.hl7v2.frames import framed
from api.hl7v2.listener import Listener, tls_context
from monitoring.actions import messages_inbox
from monitoring.models import InboundMessage
from tests.hl7_messages import report, sender
from tests.world import World

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
Talk = Callable[[int, Listener], Awaitable[None]]


def answer(raw: bytes, peer: str) -> list[bytes]:
    try:
        return receiving.receive(raw, peer, lambda: NOW)
    finally:
        connection.close()


def serve(
    talk: Talk, answering: listening.Answer = answer, tls: ssl.SSLContext | None = None, **changes: float
) -> None:
    """Run a listener, talk to it, stop it."""

    async def run() -> None:
        listener = Listener(answering, **changes)
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(listener.serve("127.0.0.1", 0, tls, ready.set_result))
        try:
            await asyncio.wait_for(talk(await ready, listener), 30)
        finally:
            listener.stop()
            await asyncio.wait_for(serving, 30)

    # in a thread of its own: a browser test may have left its loop running in this one
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()


async def exchange(port: int, *pieces: bytes, answers: int = 1) -> list[str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found: list[str] = []
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
    while len(found) < answers:
        found.append((await reader.readuntil(b"\x1c\r"))[1:-2].decode())
    await closed(writer)
    return found


async def closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


def code(text: str) -> str:
    return text.split("\r")[1]


def states() -> list[str]:
    return list(InboundMessage.objects.order_by("pk").values_list("state", flat=True))


def test_a_client_of_others_delivers_and_reads_its_answer(committed: World) -> None:
    sender(committed)

    async def talk(port: int, _listener: Listener) -> None:
        reader, writer = await open_hl7_connection("127.0.0.1", port, encoding="utf-8")
        for control in ("MSG1", "MSG2", "MSG1"):
            writer.writemessage(hl7.parse(report(control)))
            await writer.drain()
            told = await reader.readmessage()
            assert [str(told.segment("MSA")[field]) for field in (1, 2)] == ["AA", control]
        await closed(writer)

    serve(talk)
    committed.as_person(committed.authoriser)
    assert states() == ["STORED", "STORED", "DUPLICATE"]


def test_messages_cut_and_joined_are_answered_in_their_order(committed: World) -> None:
    sender(committed)
    first, second, third = (framed(report(control).encode()) for control in ("A", "B", "C"))

    async def talk(port: int, _listener: Listener) -> None:
        found = await exchange(port, b"noise" + first[:30], first[30:] + second + third[:5], third[5:], answers=3)
        assert [code(each) for each in found] == ["MSA|AA|A", "MSA|AA|B", "MSA|AA|C"]

    serve(talk)
    committed.as_person(committed.authoriser)
    assert [bytes(row.raw) for row in InboundMessage.objects.order_by("pk")][1] == report("B").encode()


def test_no_answer_comes_before_the_bytes_are_committed(committed: World) -> None:
    sender(committed)
    seen: list[int] = []

    def counting(raw: bytes, peer: str) -> list[bytes]:
        answers = answer(raw, peer)
        committed.as_person(committed.authoriser)
        seen.append(InboundMessage.objects.count())
        connection.close()
        return answers

    async def talk(port: int, _listener: Listener) -> None:
        await exchange(port, framed(report("A").encode()), framed(report("B").encode()), answers=2)

    serve(talk, counting)
    assert seen == [1, 2]


def test_without_a_database_the_sender_is_told_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(**_named: object) -> None:
        raise OSError

    monkeypatch.setattr(messages_inbox, "receive", down)

    async def talk(port: int, _listener: Listener) -> None:
        original = framed(report("A").encode())
        enhanced = framed(report("B", accept="AL", application="NE").encode())
        found = await exchange(port, original) + await exchange(port, enhanced)
        assert [code(each) for each in found] == ["MSA|AE|A", "MSA|CE|B"]
        assert "207^Application internal error^HL70357" in found[0]

    serve(talk)


def test_what_comes_behind_a_message_that_was_not_stored_is_not_stored_before_it() -> None:
    asked: list[bytes] = []

    def failing(raw: bytes, peer: str) -> list[bytes]:
        asked.append(raw)
        return NotStored([b"MSA|AE|A"])

    async def talk(port: int, _listener: Listener) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(framed(b"A") + framed(b"B"))
        assert await reader.read() == framed(b"MSA|AE|A")
        await closed(writer)

    serve(talk, failing)
    assert asked == [b"A"]


def test_what_cannot_be_read_is_refused_with_its_place_and_stored_all_the_same(committed: World) -> None:
    sender(committed)

    async def talk(port: int, _listener: Listener) -> None:
        broken = report("A").replace("LAB26-0042^MOLIS", "^MOLIS").encode()
        found = await exchange(port, framed(broken), framed(b"GET / HTTP/1.1"), answers=2)
        assert code(found[0]) == "MSA|AR|A"
        assert "ERR||OBR^1^3|101^Required field missing^HL70357|E" in found[0]
        assert code(found[1]) == "MSA|AR|"

    serve(talk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor', '', false)")
    assert states() == ["REFUSED", "REFUSED"]


def test_an_idle_connection_is_closed_and_a_stop_answers_what_was_begun() -> None:
    def slow(_raw: bytes, _peer: str) -> list[bytes]:
        released.wait(10)
        return [b"MSH|^~\\&\rMSA|AA|A\r"]

    released = threading.Event()

    async def idle(port: int, _listener: Listener) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        await closed(writer)

    async def stopped(port: int, listener: Listener) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(framed(b"MSH|^~\\&"))
        await writer.drain()
        await asyncio.sleep(0.2)
        listener.stop()
        released.set()
        assert b"MSA|AA|A" in await reader.read()
        await closed(writer)

    serve(idle, slow, idle_seconds=0.1)
    serve(stopped, slow)


def certificate(folder: Path, name: str, *signing: str) -> tuple[str, str]:
    key, made = str(folder / f"{name}.key"), str(folder / f"{name}.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", made, *signing],
        check=True, capture_output=True,
    )  # fmt: skip
    return made, key


def test_tls_lets_in_only_senders_with_a_certificate_of_the_authority(tmp_path: Path) -> None:
    own, own_key = certificate(tmp_path, "listener")
    theirs, their_key = certificate(tmp_path, "sender")

    def client(*, proved: bool) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=own)
        if proved:
            context.load_cert_chain(theirs, their_key)
        return context

    async def ask(port: int, *, proved: bool) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client(proved=proved))
        try:
            writer.write(framed(b"MSH"))
            return await reader.readuntil(b"\x1c\r")
        finally:
            await closed(writer)

    async def talk(port: int, _listener: Listener) -> None:
        assert b"MSA|AA" in await ask(port, proved=True)
        with pytest.raises((OSError, EOFError)):
            await ask(port, proved=False)

    serve(talk, lambda _raw, _peer: [b"MSH\rMSA|AA|A\r"], tls_context(own, own_key, theirs))


def test_a_port_that_nobody_listens_on_is_free_again() -> None:
    async def talk(port: int, _listener: Listener) -> None:
        assert (await exchange(port, framed(b"x")))[0] == "ok"
        ports.append(port)

    ports: list[int] = []
    serve(talk, lambda _raw, _peer: [b"ok"])
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", ports[0]), 1)
