"""HTTP/1.1 that lets nobody talk it into another protocol (RFC 9110 §7.8).

Java's HttpClient, as it comes, asks with every request over plain HTTP whether it may go on in
HTTP/2. A server may ignore that; uvicorn's parser instead takes such a request for one without a
body, and a record would arrive empty. Here the question is taken out of the request's head, and what
is left is parsed as the request that it is.
"""

from typing import Final

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_UPGRADING: Final = frozenset({b"connection", b"http2-settings", b"upgrade"})


class Http11(HttpToolsProtocol):
    """uvicorn's protocol; what asks for an upgrade is answered as if it had not."""

    def _should_upgrade(self) -> bool:
        """Have the parser's callbacks leave such a request alone: `data_received` reads it again."""
        return True

    def data_received(self, data: bytes) -> None:
        """Parse what came."""
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            message = "Invalid HTTP request received."
            self.logger.warning(message)
            self.send_400_response(message)
        except httptools.HttpParserUpgrade as asked:
            method, body = self.parser.get_method(), data[asked.args[0] :]
            kept = b"".join(
                name + b": " + value + b"\r\n"
                for name, value in self.headers
                if name not in _UPGRADING
            )
            self.parser = httptools.HttpRequestParser(self)
            self.data_received(method + b" " + self.url + b" HTTP/1.1\r\n" + kept + b"\r\n" + body)
