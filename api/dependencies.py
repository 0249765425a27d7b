"""What routes ask for: the service, and a principal with the scope they need."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request
from fastapi.security import HTTPBearer

from api import service as services
from api.auth import Principal
from api.errors import malformed
from api.service import Service
from ledger import timestamp
from ledger.errors import MalformedError

#: Only describes the scheme in the OpenAPI document; `Authenticator` reads the header itself.
BEARER: Final = HTTPBearer(
    scheme_name="token",
    description="A token of `mealtrace tokens create`: `Authorization: Bearer mt_…`",
    auto_error=False,
)


async def _service(request: Request) -> Service:
    return services.of(request.scope)


def _needs(scope: str) -> Callable[..., Awaitable[Principal]]:
    async def principal(request: Request, _: Annotated[Any, Depends(BEARER)]) -> Principal:
        return await services.of(request.scope).auth.require(request.scope, scope)

    return principal


async def _open(request: Request) -> None:
    services.of(request.scope).auth.count_open(request.scope)


Serving = Annotated[Service, Depends(_service)]
Poster = Annotated[Principal, Depends(_needs("post"))]
Reader = Annotated[Principal, Depends(_needs("read"))]
#: For routes without a token: counts the request against its address.
OPEN: Final = [Depends(_open)]

Limit = Annotated[int, Query(ge=1, le=1000, description="Most items of one answer.")]
Cursor = Annotated[
    str | None,
    Query(pattern=r"^[0-9]{1,15}$", description="`cursor` of the answer before, to go on there."),
]


def normal_time(value: str | None, name: str) -> str | None:
    """A time of a query in normal form.

    Raises:
        ProblemError: `malformed`, naming the parameter.
    """
    if value is None:
        return None
    try:
        return timestamp.normalise(value)
    except MalformedError as error:
        raise malformed(
            f"{name}: {error}; write 2026-11-23T00:00:00+08:00, in a URL with %2B for the plus",
            f"{name} 应为带时区的时间，如 2026-11-23T00:00:00+08:00（URL 中加号写作 %2B）",
            pointer=f"/query/{name}",
        ) from error
