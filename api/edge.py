"""The outermost layer: what holds for every request, before any route is looked for.

A request id, security headers, one metric, one log line, when a refused client is to come back, and
the promise that whatever goes wrong is answered as a problem. It also answers the few calls that
must be fastest without going through the framework: the bench holds POST /v1/records against a bare
endpoint.
"""

import itertools
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import logs
from api.body import header
from api.errors import MEDIA_TYPE, Problem, problem_of
from api.metrics import Metrics
from api.spread import Spread
from ledger.errors import UnavailableError

Handler = Callable[[Scope, Receive, Send], Awaitable[None]]
_Headers = list[tuple[bytes, bytes]]

#: Answered also while the service is about to end.
_ALIVE: Final = "/healthz"

_ENDING: Final = "mealtrace.ending"

#: Where the request's id is found in its scope.
REQUEST_ID: Final = "mealtrace.request_id"
#: Where whoever authenticates leaves the token's name for the log.
AUTHENTICATED_AS: Final = "mealtrace.token"

# An id tells requests apart and protects nothing: drawing one from the system for each request would
# give up the interpreter's lock each time, and wait for the append thread to give it back.
_PROCESS: Final = secrets.token_hex(4)
_COUNT: Final = itertools.count(1)
_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_POLICY: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_NO_STORE: Final = (b"cache-control", b"no-store")
_SANDBOX: Final = (b"mealtrace-sandbox", b"throw-away ledger, it proves nothing")
_RETRY_AFTER: Final = b"retry-after"
_COME_BACK: Final = frozenset({429, 503})

logger = logging.getLogger("mealtrace.access")


class Edge:
    """Pure ASGI around the application.

    Attributes:
        app: the framework's stack.
        metrics: where requests are counted.
        fast: (method, path) → handler, answered without the framework.
        access_log: whether every request gets a log line; failures always do.
        always: headers of every answer.
        draining: whether requests that arrive are refused, for the service is about to end.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        fast: Mapping[tuple[str, str], Handler],
        access_log: bool,
        sandbox: bool = False,
    ) -> None:
        self.app = app
        self.metrics = metrics
        self.fast = fast
        self.access_log = access_log
        self.always = (*_SECURITY, _SANDBOX) if sandbox else _SECURITY
        self.draining = False
        self._spread = Spread()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; lifespan events pass through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        request_id = _request_id(scope)
        scope[REQUEST_ID] = request_id
        context = logs.REQUEST.set(request_id)
        status, complete = 0, False

        async def send_with_headers(message: Message) -> None:
            nonlocal status, complete
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.get("headers", ())
                if status in _COME_BACK:
                    headers = self._come_back(headers, scope)
                message["headers"] = self._headers(headers, request_id)
            else:
                complete = not message.get("more_body", False)
            await send(message)

        method, path = scope["method"], scope["path"]
        handler = self.fast.get((method, path))
        try:
            ending = self.draining and path != _ALIVE
            await (_end if ending else handler or self.app)(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = status or 499
        except Exception as error:
            if not status:
                told = problem_response(problem_of(error), scope)
                await told(scope, receive, send_with_headers)
            elif not complete:
                # Only breaking the connection tells the client that the answer is not whole.
                logger.exception("failed during the answer")
                raise
        finally:
            route = path if handler else _template(scope)
            duration_s = time.perf_counter() - start
            self.metrics.request(method, route, status, duration_s)
            if self.access_log or status >= 500:
                logger.log(
                    logging.ERROR if status >= 500 else logging.INFO,
                    "request",
                    extra={
                        "method": method,
                        "route": route,
                        "status": status,
                        "duration_ms": round(duration_s * 1000, 1),
                        "token": scope.get(AUTHENTICATED_AS),
                    },
                )
            logs.REQUEST.reset(context)

    def _come_back(self, headers: _Headers, scope: Scope) -> _Headers:
        """The headers of a 429 or 503, their Retry-After drawn from what is asked upwards."""
        kept = [(name, value) for name, value in headers if name != _RETRY_AFTER]
        asked = next((int(value) for name, value in headers if name == _RETRY_AFTER), 1)
        who = (scope.get(AUTHENTICATED_AS), scope.get("client"))
        return [*kept, (_RETRY_AFTER, str(self._spread.after_s(who, asked)).encode())]

    def _headers(self, headers: _Headers, request_id: str) -> _Headers:
        names = {name for name, _ in headers}
        result = [*headers, *self.always, (b"x-request-id", request_id.encode())]
        if b"cache-control" not in names:
            result.append(_NO_STORE)
        if b"content-security-policy" not in names:
            result.append(_POLICY)
        return result


async def _end(scope: Scope, receive: Receive, send: Send) -> None:
    """503, and the connection is closed: the next request finds another process, or waits."""
    scope[_ENDING] = True
    told = problem_of(UnavailableError("the service is shutting down", retry_after_s=1))
    await problem_response(told, scope)(scope, receive, send)


def problem_response(problem: Problem, scope: Scope) -> Response:
    """The answer that tells of `problem`."""
    headers = dict(problem.headers)
    if problem.kind.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="mealtrace"'
    if problem.kind.status == 413 or scope.get(_ENDING):
        # What is left of the body is not read.
        headers["Connection"] = "close"
    return Response(
        problem.to_bytes(scope[REQUEST_ID]),
        problem.kind.status,
        headers,
        media_type=MEDIA_TYPE,
    )


def _request_id(scope: Scope) -> str:
    """The client's own X-Request-Id where it is harmless, else a new one."""
    given = header(scope, b"x-request-id")
    if given is not None and _ID.fullmatch(given):
        return given.decode()
    return f"{_PROCESS}{next(_COUNT) & 0xFFFFFFFF:08x}"


def _template(scope: Scope) -> str:
    """The path's template; every path nobody answers counts as one, or labels would grow freely."""
    route = scope.get("route")
    return str(getattr(route, "path", "")) or "(none)"
