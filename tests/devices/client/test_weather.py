"""Bad networks: what the client does when connections are cut and services ask for patience."""

import asyncio
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from paper_log import PARTY, TOKEN, PaperLog, storm
from relay import Relay
from sample import evidence
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from devices.client import AsyncMealtraceClient, MealtraceClient, Patience, ProblemError, Trust
from ledger.errors import MalformedError, UnavailableError

QUICK = Patience(attempts=4, first_s=0.01, longest_s=2)


@pytest.fixture
def client(paper: PaperLog, relay: Relay) -> Iterator[MealtraceClient]:
    with MealtraceClient(
        relay.url, TOKEN, trust=Trust.policy(paper.policy), party=PARTY, patience=QUICK
    ) as client:
        yield client


def test_an_answer_lost_on_the_way_is_asked_for_again_under_the_same_id(
    paper: PaperLog, relay: Relay, client: MealtraceClient
) -> None:
    """The record was stored by the first attempt; the second gets the receipt and stores none."""
    relay.cuts.extend([0, 0])
    receipt = client.post_evidence(evidence())

    assert receipt.replayed
    assert len(paper.leaves) == 2
    assert len({seen.body for seen in paper.seen}) == 1
    assert relay.connections == 3


@pytest.mark.parametrize("passed", [1, 20, 200, 600])
def test_an_answer_cut_anywhere_is_no_answer(
    paper: PaperLog, relay: Relay, client: MealtraceClient, passed: int
) -> None:
    relay.cuts.append(passed)

    assert client.post_evidence(evidence()).replayed
    assert len(paper.seen) == 2


def test_a_service_that_stays_away_is_unavailable(relay: Relay, client: MealtraceClient) -> None:
    relay.cuts.extend([0] * 10)
    with pytest.raises(UnavailableError, match="given up after 4 attempts"):
        client.post_evidence(evidence())

    assert relay.connections == 4


def test_nobody_at_home_is_unavailable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with (
        MealtraceClient(url, TOKEN, patience=QUICK) as client,
        pytest.raises(UnavailableError, match="ConnectError"),
    ):
        client.post_evidence(evidence())


def test_a_service_that_says_nothing_is_given_up(paper: PaperLog) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        trust = Trust.policy(paper.policy)
        patience = Patience(attempts=2, first_s=0.01)
        with (
            MealtraceClient(url, trust=trust, patience=patience, timeout_s=0.05) as client,
            pytest.raises(UnavailableError, match="ReadTimeout"),
        ):
            client.post_evidence(evidence())


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 507])
def test_a_storm_passes(paper: PaperLog, client: MealtraceClient, status: int) -> None:
    paper.weather.append(storm(status))
    receipt = client.post_evidence(evidence())

    assert not receipt.replayed
    assert len(paper.seen) == 2
    assert paper.seen[0].body == paper.seen[1].body


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 415, 422])
def test_a_refusal_is_final(paper: PaperLog, client: MealtraceClient, status: int) -> None:
    paper.weather.append(storm(status))
    with pytest.raises(ProblemError) as caught:
        client.post_evidence(evidence())

    assert caught.value.status == status
    assert len(paper.seen) == 1


def test_the_wait_the_service_asks_for_is_waited(paper: PaperLog, client: MealtraceClient) -> None:
    paper.weather.append(storm(429, retry_after="1"))
    begun = time.monotonic()
    client.post_evidence(evidence())

    assert 1 <= time.monotonic() - begun < 2


def test_too_long_a_wait_is_left_to_the_caller(paper: PaperLog, client: MealtraceClient) -> None:
    paper.weather.append(storm(503, retry_after="600"))
    with pytest.raises(UnavailableError) as caught:
        client.post_evidence(evidence())

    assert caught.value.retry_after_s == 600
    assert len(paper.seen) == 1


def test_a_token_does_not_follow_a_redirect(paper: PaperLog, client: MealtraceClient) -> None:
    paper.weather.append(RedirectResponse("http://127.0.0.1:1/"))
    with pytest.raises(ProblemError) as caught:
        client.post_evidence(evidence())

    assert (caught.value.status, caught.value.code) == (307, "unknown")


@pytest.mark.parametrize(
    "answer",
    [
        HTMLResponse("<h1>Welcome to our WLAN</h1>"),
        JSONResponse([], 201),
        JSONResponse({}, 201),
        Response(b'{"id":1,"id":2}', 201, media_type="application/json"),
        Response(b" " * (17 << 20), 201, media_type="application/json"),
    ],
    ids=["captive-portal", "array", "empty", "duplicate", "endless"],
)
def test_an_answer_that_is_none_is_malformed(
    paper: PaperLog, client: MealtraceClient, answer: Response
) -> None:
    paper.weather.append(answer)
    with pytest.raises(MalformedError):
        client.post_evidence(evidence())


def test_an_upload_that_broke_off_begins_again(
    paper: PaperLog, relay: Relay, client: MealtraceClient, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(bytes(3 << 20))
    relay.cuts.append(0)
    blob = client.upload(photo)

    assert paper.blobs == {blob.sha256: bytes(3 << 20)}
    assert len(paper.seen) == 2


def test_a_file_that_grows_while_it_is_sent_is_noticed(
    client: MealtraceClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from devices.client import files

    photo = tmp_path / "photo.jpg"
    photo.write_bytes(bytes(10))
    digest = files.digest

    def digest_then_grow(path: str) -> tuple[bytes, int]:
        found = digest(path)
        with photo.open("ab") as file:
            file.write(b"more")
        return found

    monkeypatch.setattr(files, "digest", digest_then_grow)
    with pytest.raises(MalformedError, match="changed while it was sent"):
        client.upload(photo)


# Batches


def test_a_batch_cut_in_the_middle_keeps_what_came_and_sends_the_rest(
    paper: PaperLog, relay: Relay, client: MealtraceClient
) -> None:
    relay.cuts.extend([0, 12_000, 12_000])
    results = list(client.post_many(evidence() for _ in range(20)))
    sent = [len(seen.body.splitlines()) for seen in paper.seen]

    assert [result.line for result in results] == list(range(1, 21))
    assert all(result.receipt for result in results)
    assert len(paper.leaves) == 21
    assert sent[0] == sent[1] == 20
    assert 20 > sent[2] > sent[3] > 0


def test_an_answer_without_its_end_line_is_asked_for_again(
    paper: PaperLog, client: MealtraceClient
) -> None:
    """A proxy that ends a broken answer properly cannot hide that it broke."""
    told = iter([2, 1, None])
    paper.lie.lines = lambda lines: lines[: next(told)]
    results = list(client.post_many(evidence() for _ in range(5)))

    assert [result.line for result in results] == [1, 2, 3, 4, 5]
    assert [len(seen.body.splitlines()) for seen in paper.seen] == [5, 3, 2]


def test_an_answer_without_any_line_uses_up_patience(
    paper: PaperLog, client: MealtraceClient
) -> None:
    paper.lie.lines = lambda _: []
    with pytest.raises(UnavailableError, match="given up after 4 attempts"):
        list(client.post_many([evidence()]))


def test_an_atomic_batch_is_sent_again_whole(
    paper: PaperLog, relay: Relay, client: MealtraceClient
) -> None:
    relay.cuts.append(6_000)
    results = list(client.post_many((evidence() for _ in range(10)), atomic=True))

    assert len(results) == 10
    assert [len(seen.body.splitlines()) for seen in paper.seen] == [10, 10]


def test_lines_that_ask_for_patience_are_sent_again(
    paper: PaperLog, client: MealtraceClient
) -> None:
    def busy(lines: list[bytes]) -> list[bytes]:
        paper.lie.lines = lambda lines: lines
        second = lines[1].replace(b'"status": 201', b'"status": 503')
        end = lines[-1].replace(b'"stored": 3, "replayed": 0, "refused": 0',
                                b'"stored": 2, "replayed": 0, "refused": 1')  # fmt: skip
        return [lines[0], second, lines[2], end]

    paper.lie.lines = busy
    results = list(client.post_many(evidence() for _ in range(3)))

    assert [(result.line, result.status) for result in results] == [(1, 201), (2, 200), (3, 201)]


def test_what_is_stored_is_handed_over_before_the_service_is_given_up(
    paper: PaperLog, client: MealtraceClient
) -> None:
    paper.lie.lines = lambda lines: lines[:3] if len(lines) > 3 else []
    results = client.post_many(evidence() for _ in range(5))

    assert [next(results).line for _ in range(3)] == [1, 2, 3]
    with pytest.raises(UnavailableError):
        next(results)


def test_a_batch_refused_as_a_whole_is_an_error(paper: PaperLog, client: MealtraceClient) -> None:
    paper.weather.append(storm(403))
    with pytest.raises(ProblemError) as caught:
        list(client.post_many([evidence()]))

    assert caught.value.status == 403


# The asynchronous shell


def test_the_asynchronous_client_is_as_patient(paper: PaperLog, relay: Relay) -> None:
    trust = Trust.policy(paper.policy)

    async def act() -> None:
        async with AsyncMealtraceClient(
            relay.url, TOKEN, trust=trust, party=PARTY, patience=QUICK
        ) as client:
            relay.cuts.extend([0, 300])
            assert (await client.post_evidence(evidence())).replayed

            paper.weather.append(storm(503))
            assert not (await client.post_evidence(evidence())).replayed

            await client._http.aclose()
            client._http = httpx.AsyncClient(headers=client._service.headers)
            relay.cuts.append(9_000)
            results = [r async for r in client.post_many(evidence() for _ in range(10))]
            assert len(results) == 10

    asyncio.run(act())

    assert len(paper.leaves) == 13


def test_the_asynchronous_client_waits_without_holding_up_others(
    paper: PaperLog, relay: Relay
) -> None:
    paper.weather.append(storm(429, retry_after="1"))
    trust = Trust.policy(paper.policy)

    async def act() -> list[str]:
        done: list[str] = []

        async def post(name: str) -> None:
            await client.post_evidence(evidence())
            done.append(name)

        async with AsyncMealtraceClient(relay.url, TOKEN, trust=trust, patience=QUICK) as client:
            first = asyncio.create_task(post("waits"))
            await asyncio.sleep(0.2)
            await post("goes on")
            await first
        return done

    assert asyncio.run(act()) == ["goes on", "waits"]
