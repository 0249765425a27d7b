"""One HTTP request to one receiver, and what its answer means; bounded in time and in bytes.

    name → addresses, looked up now → all of them allowed? → POST to the first that answers → Answer

The connection goes to an address that was looked at, with the name in `Host` and in the TLS
handshake, so that a name that changes its mind between look-up and call gains nothing. Errors are
told by their kind: their words quote addresses, which are secrets of robots.
"""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import httpx
import orjson

from api.webhooks import targets
from api.webhooks.pace import retry_after_ms
from api.webhooks.targets import Address, Allowed

_CONNECT_S: Final = 5.0
_MOST_BYTES: Final = 65_536
_ADDRESSES: Final = 3
_AGENT: Final = f"MealTrace/{version('mealtrace')}"

_THROTTLED: Final = {"wecom": {45009: 60_000}, "dingtalk": {130101: 600_000, 410100: 600_000}}
"""Robots' codes for too many messages, and how long to wait: DingTalk closes for ten minutes."""


class NotAllowedError(Exception):
    """The name stands for an address that must not be called."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request.

    Attributes:
        taken: whether the receiver has it.
        outcome: in a word or two, for people: `200`, `timeout`, `errcode 93000`.
        wait_ms: how long the receiver asks to be left alone, 0 if it does not.
        gone: whether it wants nothing any more (410).
    """

    taken: bool
    outcome: str
    wait_ms: int = 0
    gone: bool = False


class Caller:
    """Makes requests until it is closed; belongs to one event loop."""

    def __init__(self, allowed: Allowed, timeout_s: float) -> None:
        """`timeout_s` bounds a whole request, from the look-up to the end of the answer."""
        self._allowed = allowed
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            verify=httpx.create_ssl_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(timeout_s, connect=_CONNECT_S),
            # A connection that was verified for one name is never used for another at its address.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            headers={"User-Agent": _AGENT, "Accept": "*/*", "Accept-Encoding": "identity"},
        )

    async def close(self) -> None:
        """Let go of connections; names that are still looked up are not waited for."""
        await self._client.aclose()

    async def post(
        self, kind: str, url: str, body: bytes, headers: Mapping[str, str], now_ms: int
    ) -> Answer:
        """POST JSON; whatever goes wrong is an answer too.

        Args:
            kind: of the subscription: robots say in JSON what they did.
            url: whole.
            body: JSON.
            headers: beside the content type.
            now_ms: the time to which a `Retry-After` date is compared.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                response, text = await self._exchange(url, body, headers)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(False, "timeout")
        except NotAllowedError:
            return Answer(False, "address not allowed")
        except socket.gaierror:
            return Answer(False, "name not found")
        except httpx.ConnectError as error:
            return Answer(False, "certificate not valid" if _is_tls(error) else "no connection")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError):
            return Answer(False, "connection broke")
        if response.status_code == httpx.codes.OK and kind != "webhook":
            return robot_answer(kind, text)
        wait_ms = retry_after_ms(response.headers.get("Retry-After"), now_ms)
        outcome = str(response.status_code)
        if response.is_redirect:
            outcome += " redirects are not followed"
        gone = response.status_code == httpx.codes.GONE
        return Answer(response.is_success, outcome, wait_ms, gone)

    async def _exchange(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[httpx.Response, bytes]:
        parts = urlsplit(url)
        assert parts.hostname is not None
        tls = parts.scheme == "https"
        found = await _addresses(parts.hostname)
        if not found or targets.refused(found, self._allowed, tls=tls) is not None:
            raise NotAllowedError
        *before, last = found[:_ADDRESSES]
        for address in (*before, last):
            request = self._client.build_request(
                "POST",
                urlunsplit(parts._replace(netloc=_netloc(address, parts.port))),
                content=body,
                headers={"Host": parts.netloc, "Content-Type": "application/json", **headers},
                extensions={"sni_hostname": parts.hostname} if tls else {},
            )
            try:
                response = await self._client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if address == last:
                    raise
                continue
            try:
                return response, await _read(response)
            finally:
                await response.aclose()
        raise NotAllowedError  # no address is left: the last one returns or raises


async def _addresses(host: str) -> list[Address]:
    """The addresses of a name, as the system finds them.

    Each look-up has a thread of its own, which nothing waits for: a resolver that hangs holds up
    neither other names nor the end of the process.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Address]] = loop.create_future()

    def settle(found: list[Address], error: OSError | UnicodeError | None) -> None:
        if not answer.done():
            answer.set_result(found) if error is None else answer.set_exception(error)

    def look() -> None:
        found, failed = list[Address](), None
        try:
            rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            names = (str(row[4][0]).partition("%")[0] for row in rows)
            found = list(dict.fromkeys(map(ipaddress.ip_address, names)))
        except (OSError, UnicodeError) as error:
            failed = error
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, found, failed)

    threading.Thread(target=look, name="webhook-name", daemon=True).start()
    return await answer


def robot_answer(kind: str, text: bytes) -> Answer:
    """What a robot's own answer means: `errcode` 0 is success, whatever the HTTP status was."""
    try:
        code = orjson.loads(text)["errcode"]
    except (ValueError, KeyError, TypeError):
        return Answer(False, "200 without errcode")
    if code == 0:
        return Answer(True, "200")
    if type(code) is not int:
        return Answer(False, "200 without errcode")
    return Answer(False, f"errcode {code}", _THROTTLED[kind].get(code, 0))


def _is_tls(error: BaseException | None) -> bool:
    """Whether an error comes down to TLS."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None


async def _read(response: httpx.Response) -> bytes:
    """The beginning of an answer: no receiver fills this process's memory."""
    text = bytearray()
    async for piece in response.aiter_raw():
        text += piece
        if len(text) >= _MOST_BYTES:
            break
    return bytes(text[:_MOST_BYTES])


def _netloc(address: Address, port: int | None) -> str:
    host = f"[{address}]" if address.version == 6 else str(address)
    return host if port is None else f"{host}:{port}"
