"""A reverse proxy as hospitals have them: every answer is passed on as it comes, nothing is kept back."""

import contextlib
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECE = 65_536
BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"}


class _Handler(BaseHTTPRequestHandler):
    """Pass one request on and its answer back, piece by piece."""

    backend: int

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        behind = HTTPConnection("127.0.0.1", self.backend, timeout=60)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        wanted = {name: value for name, value in self.headers.items() if name.lower() not in BY_HOP}
        behind.request(self.command, self.path, body or None, wanted)
        answer = behind.getresponse()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in BY_HOP | {"date", "server"}:
                self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(ConnectionError), contextlib.closing(behind):
            while piece := answer.read1(PIECE):
                self.wfile.write(piece)
                self.wfile.flush()

    def log_message(self, format: str, *_words: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


@contextlib.contextmanager
def proxy_before(port: int) -> Iterator[str]:
    """Run a proxy before a local server until the end of the block; give its address."""
    handler = type("Handler", (_Handler,), {"backend": port})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
