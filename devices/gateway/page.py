"""The status page (状态页): one page on loopback, English or Chinese, that refreshes itself.

Whoever can reach it may read it, and nothing can be done through it. Requests under a foreign host
name are refused: a page somewhere on the web could else read it through a browser on this machine.
Where others may look, they ask by address, which no such page can lend itself, or by the machine's name.
"""

import json
import socket
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from devices.gateway import page_text
from devices.gateway.config import LOOPBACK
from devices.gateway.language import prefers_chinese
from ledger.errors import UnavailableError

Report = Callable[[], Mapping[str, Any]]
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"
_TIMEOUT_S: Final = 10.0


class StatusPage:
    """A small web server; `start` and `stop` once."""

    def __init__(self, host: str, port: int, report: Report) -> None:
        """Serves what `report` says; port 0: nothing at all."""
        self._host = host
        self._port = port
        self._report = report
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Begin.

        Raises:
            UnavailableError: the port is taken.
        """
        if not self._port:
            return
        handler = type(
            "_Bound", (_Handler,), {"report": staticmethod(self._report), "listens_on": self._host}
        )
        try:
            kind = _Server6 if ":" in self._host else _Server
            self._server = kind((self._host, self._port), handler)
        except OSError as error:
            raise UnavailableError(
                f"the status page cannot listen on {self._host}:{self._port}: {error.strerror}"
            ) from error
        threading.Thread(target=self._server.serve_forever, name="page", daemon=True).start()

    def stop(self) -> None:
        """End."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Server6(_Server):
    address_family = socket.AF_INET6


def _is_ours(given: str, listens_on: str) -> bool:
    """Whether a `Host` names this machine, and not a name that somebody else has led here."""
    try:
        host = (urlsplit(f"//{given}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if host in {*LOOPBACK, listens_on}:
        return True
    if listens_on in LOOPBACK:
        return False
    try:
        ip_address(host)
    except ValueError:
        return host == socket.gethostname().lower()
    return True


class _Handler(BaseHTTPRequestHandler):
    report: Report
    listens_on: str
    timeout = _TIMEOUT_S

    def do_GET(self) -> None:
        """The page, or the same as JSON under /status.json."""
        asked = urlsplit(self.path)
        if not _is_ours(self.headers.get("Host", ""), self.listens_on):
            self._answer(421, "text/plain", b"ask under the name of this machine\n")
        elif asked.path == "/status.json":
            data = json.dumps(self.report(), ensure_ascii=False).encode()
            self._answer(200, "application/json", data)
        elif asked.path == "/":
            wished = parse_qs(asked.query).get("lang", [""])[0]
            accepted = self.headers.get("Accept-Language", "")
            chinese = wished == "zh" or (wished != "en" and prefers_chinese(accepted))
            text = page_text.html_of(self.report(), chinese=chinese)
            self._answer(200, "text/html; charset=utf-8", text.encode())
        else:
            self._answer(404, "text/plain", b"there is one page: /\n")

    def _answer(self, code: int, kind: str, data: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing: whoever looks at a page is of no interest."""
