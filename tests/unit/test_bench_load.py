"""The load generator sends every request once, waits for whole answers, and does not count what is refused."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from monitoring.studies.benchmarks import load

WHO = "bench"
LARGE = b"x" * (2 * load.RECEIVE_BYTES)


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, bytes]] = []

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, body: bytes) -> None:
        if self.headers["X-Who"] == WHO:  # a browser may still look for a server that had this port before
            self.seen.append((self.path, body))
        self.send_response(404 if self.path == "/none" else 200)
        self.send_header("Content-Length", str(len(LARGE)))
        self.end_headers()
        self.wfile.write(LARGE)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A caller that goes away in the middle of an answer is what one of the tests is about."""


@pytest.fixture
def port() -> Iterator[int]:
    _Answers.seen.clear()
    server = _Server(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_every_request_is_sent_once_and_its_answer_read_whole(port: int) -> None:
    requests = [load.request("POST", f"/{n}", (f"X-Who: {WHO}",), b"body %d" % n) for n in range(20)]
    done = load.run(port, requests, connections=3, status=200)
    assert len(done.calls) == 20
    assert sorted(_Answers.seen) == sorted((f"/{n}", b"body %d" % n) for n in range(20))
    assert done.seconds > 0
    assert all(0 < call <= done.seconds for call in done.calls)


def test_another_status_is_no_measurement(port: int) -> None:
    with pytest.raises(load.NotAnswered):
        load.run(port, [load.request("GET", "/none")], connections=1, status=200)
