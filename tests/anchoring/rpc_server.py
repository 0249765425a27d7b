"""An embedded chain's read-only JSON-RPC over HTTP, as POST /v1/chain serves it."""

import contextlib
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from anchoring.embedded_rpc import RpcError


@contextlib.contextmanager
def serve(handle: Callable[[str, list[Any]], Any]) -> Iterator[str]:
    """The URL at which `handle` answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            answer: dict[str, Any] = {"jsonrpc": "2.0", "id": asked["id"]}
            try:
                answer["result"] = handle(asked["method"], asked["params"])
            except RpcError as error:
                answer["error"] = {"code": error.code, "message": error.message}
                if error.data is not None:
                    answer["error"]["data"] = error.data
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
