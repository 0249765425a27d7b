"""Subscriptions to warnings: made, listed, ended, and told again, each by the party whose it is."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from fastapi import Path as PathParameter
from starlette.responses import Response

from api import body
from api.dependencies import Reader, Serving
from api.documents import PROBLEMS
from api.errors import ProblemError
from api.webhooks import asked, shown
from api.webhooks.asked import Asked
from api.webhooks.shown import Replay
from api.webhooks.targets import Allowed
from ledger.errors import ConflictError

router = APIRouter(tags=["webhooks"])

_BODY_BYTES: Final = 64 * 1024

WebhookId = Annotated[
    str, PathParameter(pattern=r"^[0-9a-f]{16}$", description="The webhook's id.")
]


@router.post(
    "/v1/webhooks",
    status_code=201,
    responses=PROBLEMS,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": Asked.model_json_schema(),
                    "example": {
                        "kind": "webhook",
                        "url": "https://canteen.example/warnings",
                        "types": ["recall", "incident"],
                        "severity": "major",
                    },
                }
            },
        }
    },
    summary="Subscribe to warnings",
)
async def post_webhook(request: Request, service: Serving, principal: Reader) -> Response:
    """From now on the address is told of what the token's party may read, as the filters have it.

    A greeting is sent at once. The `secret` with which messages are signed is shown in this answer
    and never again. The subscription ends with the token that made it.
    """
    settings = service.settings
    wanted = asked.read(
        await body.read_object(request, _BODY_BYTES),
        Allowed.of(settings),
        linked=settings.public_url is not None,
    )
    most = settings.webhooks_per_party
    with _conflict(f"每个主体最多 {most} 个订阅；请先删除一个"):
        made = await asyncio.to_thread(
            service.store.webhooks.add,
            principal.party,
            wanted.to_text(),
            token=principal.token_id,
            limit=most,
        )
    answer: dict[str, Any] = shown.webhook(made, {"pending": 1})
    if wanted.kind == "webhook":
        answer["secret"] = wanted.secret
    return body.json_answer(answer, 201)


@router.get("/v1/webhooks", responses=PROBLEMS, summary="List one's own webhooks")
def list_webhooks(service: Serving, principal: Reader) -> Response:
    """The party's subscriptions with how they stand; of each address only the host."""
    return body.json_answer({"webhooks": shown.webhooks(service.store, principal.party)})


@router.delete("/v1/webhooks/{id}", status_code=204, responses=PROBLEMS, summary="End a webhook")
def delete_webhook(service: Serving, principal: Reader, id: WebhookId) -> Response:  # noqa: A002
    """Nothing is sent any more; what was on its way is dropped."""
    service.store.webhooks.remove(id, principal.party)
    return Response(status_code=204)


@router.post(
    "/v1/webhooks/{id}/replay",
    status_code=202,
    responses=PROBLEMS,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": Replay.model_json_schema(),
                    "example": {"logged_from": "2026-11-23T00:00:00+08:00"},
                }
            },
        }
    },
    summary="Be told again",
)
async def post_replay(
    request: Request,
    service: Serving,
    principal: Reader,
    id: WebhookId,  # noqa: A002 - API.md's name
) -> Response:
    """What was logged in a range is sent again, under the same ids, whatever became of it before."""
    wanted = await body.read_object(request, _BODY_BYTES)
    store = service.store
    await asyncio.to_thread(store.webhooks.get, id, principal.party)
    start, end = await asyncio.to_thread(shown.replay_range, store, wanted)
    with _conflict("该订阅正在重新推送；请等它完成"):
        await asyncio.to_thread(store.webhooks.replay, id, start, end)
    return body.json_answer({"id": id, "index_from": start, "index_to": end}, 202)


@contextmanager
def _conflict(zh: str) -> Iterator[None]:
    """What stands in the way, in Chinese as well.

    Raises:
        ProblemError: `conflict`.
    """
    try:
        yield
    except ConflictError as error:
        raise ProblemError("conflict", str(error), zh) from error
