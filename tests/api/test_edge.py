"""What every answer has, whatever it answers."""

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
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
from api.logs import JsonLines, trace
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


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What the service would write to its log, one object a line."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def test_a_failure_is_a_problem_without_its_text_and_a_log_line_that_says_where(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    answer = ask(edge(), "GET", "/fails/here")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    (failed,) = (line for line in lines() if "trace" in line)
    assert "in _fails" in failed["trace"]
    assert failed["trace"].endswith("builtins.ValueError")
    access = next(line for line in lines() if line["logger"] == "mealtrace.access")
    assert access["status"] == 500
    assert {line["request_id"] for line in lines()} == {answer.json()["request_id"]}


def test_a_trace_tells_causes_and_groups_and_none_of_their_words() -> None:
    words = ["hidden 1", "hidden 2", "hidden 3", "hidden 4"]

    def look_up() -> None:
        {}[words[0]]

    def fails() -> None:
        try:
            look_up()
        except KeyError as error:
            several = [PermissionError(13, words[1]), ValueError(words[2])]
            raise ExceptionGroup(words[3], several) from error

    with pytest.raises(ExceptionGroup) as caught:
        fails()
    told = trace(caught.value)

    assert "hidden" not in told
    for kind in ("KeyError", "ExceptionGroup", "PermissionError (errno 13)", "ValueError"):
        assert f"builtins.{kind}" in told


def test_an_error_nobody_waited_for_is_told_without_its_words(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    async def main() -> None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": "never retrieved", "exception": ValueError("hidden")}
        )

    asyncio.run(main())

    (line,) = lines()
    assert line["message"] == "never retrieved"
    assert "hidden" not in json.dumps(line)


@pytest.mark.parametrize(("path", "status"), [("/fast", 503), ("/echo", 503), ("/healthz", 404)])
def test_a_draining_service_refuses_what_arrives_and_says_that_it_lives(
    path: str, status: int
) -> None:
    app = edge()
    app.draining = True

    answer = ask(app, "GET", path)

    assert answer.status_code == status
    if status == 503:
        assert answer.headers["connection"] == "close"
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.json()["retry"] is True


def test_a_busy_service_spreads_those_it_sends_away() -> None:
    app = edge()
    app.draining = True

    async def main() -> set[str]:
        waits = set()
        for port in range(200):
            transport = httpx.ASGITransport(app=app, client=("10.0.0.1", port))
            async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
                waits.add((await client.get("/fast")).headers["retry-after"])
        return waits

    assert len(asyncio.run(main())) >= 4


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
