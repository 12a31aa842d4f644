"""Listens for messages of HL7 v2 over MLLP, and takes in what it stored."""

import asyncio
import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from api.hl7v2.listener import Listener, tls_context
from api.hl7v2.receiving import receive
from monitoring.actions import messages_taking
from monitoring.management.command import ProductCommand

log = logging.getLogger(__name__)
SWEEP_SECONDS = 5.0  # what waits is taken in at the latest after this time, also what another process stored


class Command(ProductCommand):
    """Store each message before it is answered; read stored messages beside that, as each sender's own account.

    Reading runs here and not in the worker: the worker's role in the database may not write results, on purpose.
    """

    help = "Listens for HL7 v2 messages (MLLP). Needs the database; the broker only tells others sooner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address and the files of TLS."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=2575)
        parser.add_argument("--tls-cert", default="", help="certificate chain (PEM); without it there is no TLS")
        parser.add_argument("--tls-key", default="", help="its private key (PEM)")
        parser.add_argument("--client-ca", default="", help="only senders with a certificate of this authority get in")

    def handle(self, *args: Any, **options: Any) -> None:
        """Listen until SIGTERM or SIGINT."""
        if options["client_ca"] and not options["tls_cert"]:
            raise CommandError("--client-ca needs --tls-cert.")
        try:
            tls = tls_context(options["tls_cert"], options["tls_key"], options["client_ca"])
        except OSError as error:
            raise CommandError(f"The files of TLS cannot be used: {error}.") from error
        taker = Taker()
        taker.start()
        try:
            asyncio.run(self._listen(options["host"], options["port"], tls, taker))
        except OSError as error:
            raise CommandError(f"Cannot listen on {options['host']}:{options['port']}: {error.strerror}.") from error
        finally:
            taker.stop()

    async def _listen(self, host: str, port: int, tls: Any, taker: "Taker") -> None:
        def answer(raw: bytes, peer: str) -> list[bytes]:
            answers = receive(raw, peer, timezone.now)
            taker.wake()
            return answers

        listener = Listener(answer)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, listener.stop)
        await listener.serve(host, port, tls, lambda bound: self.say(f"Listening on {host}:{bound}."))


class Taker(threading.Thread):
    """Takes in what is stored, woken by each message and by the clock."""

    def __init__(self) -> None:
        super().__init__(name="taker")
        self._woken = threading.Event()
        self._ending = False

    def wake(self) -> None:
        """Say that a message was stored."""
        self._woken.set()

    def stop(self) -> None:
        """End after the message that is being read."""
        self._ending = True
        self.wake()
        self.join()

    def run(self) -> None:
        """Sweep until the end; without the database try again at the next turn."""
        while not self._ending:
            close_old_connections()
            try:
                messages_taking.take_waiting(now=timezone.now(), is_ending=lambda: self._ending)
            except DatabaseError as error:
                log.warning("Messages wait for the database: %s.", error)
                connection.close()
            except Exception:
                log.exception("Stored messages could not be swept.")
            self._woken.wait(SWEEP_SECONDS)
            self._woken.clear()
        connection.close()
