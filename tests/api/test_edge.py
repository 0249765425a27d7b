"""What every answer has, whatever it answers."""

import asyncio
import json
import logging
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api import body
from api.edge import Edge
from api.errors import ProblemError
from api.logs import JsonLines
from api.metrics import Metrics


async def _fails(_: Request) -> Response:
    raise ValueError("secret")


async def _refuses(_: Request) -> Response:
    raise ProblemError("token", "a token is needed", "需要令牌")


async def _echo(request: Request) -> Response:
    return PlainTextResponse(str(len(await body.read(request.scope, request.receive, 1000))))


async def _fast(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("fast")(scope, receive, send)


def edge() -> Edge:
    inner = Starlette(
        routes=[
            Route("/fails/{what}", _fails),
            Route("/refuses", _refuses),
            Route("/echo", _echo, methods=["POST"]),
            Route("/fast", _refuses),
        ]
    )
    return Edge(inner.router, metrics=Metrics(), fast={("GET", "/fast"): _fast}, access_log=False)


def ask(app: Edge, method: str, path: str, **options: Any) -> httpx.Response:
    async def main() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            return await client.request(method, path, **options)

    return asyncio.run(main())


def test_every_answer_has_an_id_and_forbids_what_browsers_might_do_with_it() -> None:
    answer = ask(edge(), "GET", "/fast")

    assert answer.text == "fast"
    assert len(answer.headers["x-request-id"]) == 16
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abcdefgh-1", True), ("short", False), ("a b" * 5, False), ("x" * 65, False)],
)
def test_a_client_s_own_id_is_kept_only_where_it_is_harmless(given: str, kept: bool) -> None:
    answer = ask(edge(), "GET", "/refuses", headers={"X-Request-Id": given})

    assert (answer.headers["x-request-id"] == given) is kept
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_a_failure_is_a_problem_without_its_text_and_a_log_line_with_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = ask(edge(), "GET", "/fails/here")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert any("secret" in line.get("trace", "") for line in lines)
    access = next(line for line in lines if line["logger"] == "mealtrace.access")
    assert access["request_id"] == answer.json()["request_id"]
    assert access["status"] == 500


def test_a_missing_token_is_challenged() -> None:
    answer = ask(edge(), "GET", "/refuses")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize(("size", "status"), [(1000, 200), (1001, 413)])
def test_a_body_is_cut_off_at_its_limit(size: int, status: int, chunked: bool) -> None:
    async def pieces() -> Any:
        for _ in range(size):
            yield b"x"

    answer = ask(edge(), "POST", "/echo", content=pieces() if chunked else b"x" * size)

    assert answer.status_code == status


def test_a_lying_content_length_does_not_get_more_in() -> None:
    async def pieces() -> Any:
        for _ in range(2000):
            yield b"x"

    answer = ask(edge(), "POST", "/echo", content=pieces(), headers={"Content-Length": "10"})

    assert answer.status_code == 413


def test_requests_are_counted_by_template_never_by_path() -> None:
    app = edge()
    ask(app, "GET", "/fast")
    ask(app, "GET", "/nowhere/42")

    assert app.metrics.requests["GET", "/fast", 200] == 1
    assert app.metrics.requests["GET", "(none)", 404] == 1
    assert not any("42" in route for _, route, _ in app.metrics.requests)


def test_log_lines_are_json_and_carry_only_known_fields() -> None:
    record = logging.makeLogRecord(
        {"name": "n", "levelno": 20, "levelname": "INFO", "msg": "m %s", "args": ("1",)}
    )
    record.party = "school:1"
    record.token_secret = "hidden"

    line = json.loads(JsonLines().format(record))

    assert line["message"] == "m 1"
    assert line["party"] == "school:1"
    assert "hidden" not in json.dumps(line)
