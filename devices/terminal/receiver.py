"""The HTTP side: who posts is authenticated, limits are strict, and nothing is answered too early.

Core packages only. Bodies are read into memory, at most `most_bytes` and within `body_s`; photos do
not touch the disk before the sink has them. Errors quote nothing of what was sent.
"""

import asyncio
import hmac
import threading
from base64 import b64decode
from binascii import Error as NotBase64Error
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from devices.local.people import Member
from devices.terminal.check import ROLES, Check
from devices.terminal.desk import Desk, NotTakenError, Post
from devices.terminal.dialects import Dialect
from ledger.errors import ConflictError, LedgerError, MalformedError, RefusedError, UnavailableError

_MOST_FIELDS: Final = 64
_MOST_TEXT: Final = 16 * 1024
_ROLE_OF: Final = {name: role for role in ROLES for name in (role, f"{role}Image", f"{role}_image")}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may be.

    Attributes:
        most_bytes: of the body.
        most_image_bytes: of one photo.
        body_s: seconds until it has come.
    """

    most_bytes: int = 8 * 1024 * 1024
    most_image_bytes: int = 3 * 1024 * 1024
    body_s: float = 20.0


@dataclass(slots=True)
class Tally:
    """What came, for the status page; no personal data."""

    checks: int = 0
    heartbeats: int = 0
    sign_offs: int = 0
    unauthorised: int = 0
    not_taken: dict[str, int] = field(default_factory=dict)
    last_check_ms: int | None = None
    last_heard_ms: int | None = None
    last_fault: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refuse(self, code: str) -> None:
        """One more that was not taken."""
        with self.lock:
            self.not_taken[code] = self.not_taken.get(code, 0) + 1
            self.last_fault = code


class TooLargeError(MalformedError):
    """A body or photo beyond its limit."""


class Receiver:
    """An application for one terminal."""

    def __init__(
        self,
        desk: Desk,
        post: Post,
        dialect: Dialect,
        secret: str,
        *,
        members: Any,
        tally: Tally,
        now_ms: Any,
        limits: Limits | None = None,
        secret_in_query: bool = False,
    ) -> None:
        """`members` gives the people to be listed; `secret` is shared with the terminal alone."""
        self._desk = desk
        self._post = post
        self._dialect = dialect
        self._secret = secret.encode()
        self._members = members
        self._tally = tally
        self._now_ms = now_ms
        self._limits = limits or Limits()
        self._secret_in_query = secret_in_query

    def app(self) -> Starlette:
        """The routes of the dialect, and no others."""
        routes = [
            Route(path, self._route(what), methods=["POST", "GET"])
            for path, what in self._dialect.ROUTES.items()
        ]
        return Starlette(routes=routes)

    def _route(self, what: str) -> Any:
        async def endpoint(request: Request) -> Response:
            if not self._authentic(request):
                self._tally.unauthorised += 1
                return self._answer(
                    HTTPStatus.UNAUTHORIZED, "unauthorised", "no, or a wrong secret"
                )
            self._tally.last_heard_ms = self._now_ms()
            if what == "heartbeat":
                self._tally.heartbeats += 1
                return _json(self._dialect.accepted(None))
            if what == "sign-off":
                self._tally.sign_offs += 1
                return _json(self._dialect.accepted(None))
            if what == "staff":
                members: list[Member] = await asyncio.to_thread(self._members)
                return _json(self._dialect.staff(members))
            return await self._check(request)

        return endpoint

    async def _check(self, request: Request) -> Response:
        try:
            fields, images = await asyncio.wait_for(self._read(request), self._limits.body_s)
            check = self._understood(fields, images)
            record = await asyncio.to_thread(self._desk.take, check)
        except TooLargeError as error:
            return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", error)
        except MalformedError as error:
            return self._refuse(HTTPStatus.BAD_REQUEST, "malformed", error)
        except NotTakenError as error:
            return self._refuse(HTTPStatus.CONFLICT, error.code, error)
        except ConflictError as error:
            return self._refuse(HTTPStatus.CONFLICT, "conflict", error)
        except RefusedError as error:
            return self._refuse(HTTPStatus.UNPROCESSABLE_ENTITY, "refused", error)
        except UnavailableError as error:
            return self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", error)
        except (TimeoutError, ClientDisconnect):
            return self._answer(HTTPStatus.REQUEST_TIMEOUT, "timeout", "the body did not come")
        self._tally.checks += 1
        self._tally.last_check_ms = self._now_ms()
        return _json(self._dialect.accepted(record))

    def _understood(self, fields: Mapping[str, Any], images: Mapping[str, bytes]) -> Check:
        """What the dialect makes of it; a vendor's may stumble over what it did not expect.

        Raises:
            MalformedError: nothing.
        """
        try:
            return self._dialect.read(fields, images, self._post.zone)
        except LedgerError:
            raise
        except Exception as error:  # anybody's own; what it says may quote the person
            raise MalformedError(
                f"the dialect {self._dialect.NAME} cannot read this: {type(error).__name__}"
            ) from error

    async def _read(self, request: Request) -> tuple[Mapping[str, Any], Mapping[str, bytes]]:
        """Fields and files; JSON whatever its Content-Type says, for terminals send text/html."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "multipart/form-data":
            return await self._read_form(request)
        body = b"".join([chunk async for chunk in self._bounded(request)])
        try:
            value = orjson.loads(body)
        except ValueError as error:
            raise MalformedError("the body is neither a form nor JSON") from error
        if not isinstance(value, dict):
            raise MalformedError("the body is no object")
        return value, {}

    async def _read_form(self, request: Request) -> tuple[Mapping[str, Any], Mapping[str, bytes]]:
        parser = MultiPartParser(
            request.headers,
            self._bounded(request),  # type: ignore[arg-type]
            max_files=len(ROLES),
            max_fields=_MOST_FIELDS,
            max_part_size=_MOST_TEXT,
        )
        parser.spool_max_size = self._limits.most_bytes  # photos of people stay off the disk
        fields: dict[str, Any] = {}
        images: dict[str, bytes] = {}
        try:
            form = await parser.parse()
        except MultiPartException as error:
            raise MalformedError(f"no form: {error.message}") from error
        try:
            for name, value in form.multi_items():
                if name in fields or _ROLE_OF.get(name, name) in images:
                    raise MalformedError(f"{name!r:.40} comes twice")
                if not isinstance(value, UploadFile):
                    fields[name] = value
                elif name not in _ROLE_OF:
                    raise MalformedError(f"a file {name!r:.40}; files are {', '.join(ROLES)}")
                else:
                    images[_ROLE_OF[name]] = await self._image(value)
        finally:
            await form.close()
        return fields, images

    async def _image(self, value: UploadFile) -> bytes:
        data = await value.read()
        if len(data) > self._limits.most_image_bytes:
            raise TooLargeError("a photo is too large")
        return data

    async def _bounded(self, request: Request) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self._limits.most_bytes:
                raise TooLargeError(f"a request has at most {self._limits.most_bytes} bytes")
            yield chunk

    def _authentic(self, request: Request) -> bool:
        """Whether the secret stands where it belongs; compared in constant time."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        given = request.headers.get("x-terminal-secret", "")
        if scheme.lower() == "bearer":
            given = value.strip()
        elif scheme.lower() == "basic":
            try:
                given = b64decode(value, validate=True).decode().partition(":")[2]
            except (NotBase64Error, UnicodeDecodeError):
                given = ""
        elif self._secret_in_query and not given:
            given = request.query_params.get("secret", "")
        return hmac.compare_digest(given.encode(), self._secret)

    def _refuse(self, status: HTTPStatus, code: str, error: LedgerError) -> Response:
        self._tally.refuse(code)
        # What was sent may be personal, and a message may quote it: only ours are passed on.
        why = str(error) if isinstance(error, MalformedError | NotTakenError) else code
        return self._answer(status, code, why)

    def _answer(self, status: HTTPStatus, code: str, why: str) -> Response:
        headers = {"Connection": "close"}  # what is left of a body is not read
        if status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        return _json(self._dialect.refused(code, why), status, headers)


def _json(
    value: Any, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(
        orjson.dumps(value), status_code=status, media_type="application/json", headers=headers
    )
