"""Batches by other people's clients: every line is answered, whatever happens to the connection."""

import http.client
import json
import socket
import subprocess
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from components.posting import payment
from components.service import Service
from components.stage import Stage

LINES = 5_000
PATH = "/v1/records:batch"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("batches")]


def batch(count: int) -> tuple[list[str], bytes]:
    """The ids and the body of `count` payments that nobody posted yet."""
    requests = [payment(uuid.uuid4().hex[:20]) for _ in range(count)]
    return [request["id"] for request in requests], ndjson(requests)


def ndjson(requests: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(request).encode() + b"\n" for request in requests)


def headers(stage: Stage) -> dict[str, str]:
    return {"authorization": f"Bearer {stage.bank}", "content-type": "application/x-ndjson"}


def by_curl(stage: Stage, body: bytes, folder: Path, *options: str) -> bytes:
    file = folder / "batch.ndjson"
    file.write_bytes(body)
    named = [part for name, value in headers(stage).items() for part in ("-H", f"{name}: {value}")]
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "120", *named, *options, "--data-binary", f"@{file}",
         stage.service.url + PATH],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return done.stdout


def by_httpx(stage: Stage, body: bytes, query: str = "") -> httpx.Response:
    return httpx.post(
        stage.service.url + PATH + query, content=body, headers=headers(stage), timeout=120
    )


def answered(answer: bytes, ids: list[str]) -> dict[str, Any]:
    """The last line, once every line before it answers its own record, in order."""
    *lines, end = [json.loads(line) for line in answer.splitlines()]
    assert [line["line"] for line in lines] == list(range(1, len(ids) + 1))
    assert [line["id"] for line in lines] == ids
    assert end["end"] is True
    assert end["lines"] == len(ids)
    statuses = [line["status"] for line in lines]
    assert end["stored"] == statuses.count(201)
    assert end["replayed"] == statuses.count(200)
    assert end["refused"] == len(ids) - end["stored"] - end["replayed"]
    return dict(end)


@pytest.mark.parametrize("attempt", range(10))
@pytest.mark.parametrize("client", ["curl", "httpx"])
def test_five_thousand_lines_in_five_thousand_answered(
    stage: Stage, tmp_path: Path, client: str, attempt: int
) -> None:
    ids, body = batch(LINES)
    before = stage.service.size()
    if client == "curl":
        chunked = ["-H", "transfer-encoding: chunked"] if attempt % 2 else []
        answer = by_curl(stage, body, tmp_path, *chunked)
    else:
        answer = by_httpx(stage, body, "?receipts=compact" if attempt % 2 else "").content

    assert answered(answer, ids)["stored"] == LINES
    assert stage.service.size() == before + LINES


def test_a_batch_whose_answer_was_cut_is_sent_again_and_nothing_is_doubled(stage: Stage) -> None:
    ids, body = batch(LINES)
    before = stage.service.size()
    told = cut_while_answered(stage.service, headers(stage), body)
    assert told
    assert len(told) < LINES

    answer = by_httpx(stage, body).content
    end = answered(answer, ids)

    assert end["refused"] == 0
    assert end["replayed"] >= len(told)
    assert stage.service.size() == before + LINES
    again = [json.loads(line) for line in answer.splitlines()]
    for first, second in zip(told, again, strict=False):
        assert second["status"] == 200
        for name in ("id", "index", "leaf_hash", "logged_at"):
            assert second["receipt"][name] == first["receipt"][name]


def cut_while_answered(
    service: Service, named: dict[str, str], body: bytes
) -> list[dict[str, Any]]:
    """Send all of a batch and hang up in the middle of the answer; the lines that came whole."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    connection.connect()
    assert connection.sock is not None
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    connection.request("POST", PATH, body, named)
    answer = connection.getresponse()
    begun = answer.read(200_000)
    connection.sock.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
    )  # a reset, as when a line goes dead
    answer.close()
    connection.close()
    return [json.loads(line) for line in begun.splitlines(keepends=True) if line.endswith(b"\n")]


def test_a_batch_that_was_cut_on_its_way_in_stores_nothing(stage: Stage) -> None:
    ids, body = batch(200)
    before = stage.service.size()
    connection = http.client.HTTPConnection("127.0.0.1", stage.service.port, timeout=60)
    connection.putrequest("POST", PATH)
    for name, value in {**headers(stage), "content-length": str(len(body))}.items():
        connection.putheader(name, value)
    connection.endheaders(body[: len(body) // 2])
    connection.close()

    assert answered(by_httpx(stage, body).content, ids)["stored"] == 200
    assert stage.service.size() == before + 200


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("limit", ["lines", "bytes"])
def test_a_batch_over_its_limits_is_refused_whole(
    stage: Stage, tmp_path: Path, limit: str, announced: bool
) -> None:
    body = batch(10_001)[1] if limit == "lines" else b" " * (32 * 1024 * 1024) + b"\n"
    before = stage.service.size()
    chunked = [] if announced else ["-H", "transfer-encoding: chunked"]
    problem = json.loads(by_curl(stage, body, tmp_path, *chunked))

    assert problem["status"] == 413
    assert problem["type"] == "urn:mealtrace:problem:too-large"
    assert problem["errors"][0]["message_zh"]
    assert stage.service.size() == before


def test_of_an_atomic_batch_all_lines_are_stored_or_none(stage: Stage) -> None:
    good = [payment(uuid.uuid4().hex[:20]) for _ in range(1_000)]
    bad = {**payment(uuid.uuid4().hex[:20]), "type": "meal-paymant"}
    ids = [request["id"] for request in good]
    before = stage.service.size()

    spoiled = by_httpx(stage, ndjson([*good[:500], bad, *good[501:]]), "?atomic=true")

    end = answered(spoiled.content, [*ids[:500], bad["id"], *ids[501:]])
    assert end["refused"] == 1_000
    assert stage.service.size() == before

    end = answered(by_httpx(stage, ndjson(good), "?atomic=true").content, ids)
    assert end["stored"] == 1_000
    assert stage.service.size() == before + 1_000


def test_a_line_the_log_contradicts_takes_its_atomic_batch_with_it(stage: Stage) -> None:
    first, second, third = (payment(uuid.uuid4().hex[:20]) for _ in range(3))
    second["payload"]["batch_no"] = first["payload"]["batch_no"]
    requests = [first, third, second]
    before = stage.service.size()

    end = answered(
        by_httpx(stage, ndjson(requests), "?atomic=true").content,
        [request["id"] for request in requests],
    )

    assert (end["stored"], end["refused"]) == (0, 3)
    assert stage.service.size() == before


def test_an_atomic_batch_of_more_than_a_thousand_lines_is_refused(stage: Stage) -> None:
    before = stage.service.size()
    answer = by_httpx(stage, batch(1_001)[1], "?atomic=true")

    assert answer.status_code == 413
    assert stage.service.size() == before
