"""The rules of asking again, driven without a network or a clock."""

import pytest

from devices.client.errors import ProblemError
from devices.client.exchange import (
    Answer,
    Lost,
    Patience,
    Pause,
    Request,
    Step,
    exchange,
    object_of,
    retry_after_s,
)
from ledger.errors import MalformedError, UnavailableError

REQUEST = Request("GET", "/checkpoint")
OK = Answer(200, {}, b"done")


def drive(*replies: Answer | Lost, patience: Patience | None = None) -> tuple[Answer, list[Step]]:
    """Run one exchange against prepared replies; the answer, and the steps it asked for."""
    waiting = list(replies)
    flow = exchange(REQUEST, patience or Patience(draw=lambda: 0.0))
    steps: list[Step] = [next(flow)]
    try:
        while True:
            step = flow.send(waiting.pop(0) if isinstance(steps[-1], Request) else None)
            steps.append(step)
    except StopIteration as stop:
        assert not waiting
        return stop.value, steps


def problem(status: int, **headers: str) -> Answer:
    body = b'{"type":"urn:mealtrace:problem:unavailable","title":"t","status":503,"detail":"d"}'
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": "application/problem+json", **named}, body)


def waits(steps: list[Step]) -> list[float]:
    return [step.seconds for step in steps if isinstance(step, Pause)]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 507, 599])
def test_what_may_pass_is_sent_again(status: int) -> None:
    answer, steps = drive(problem(status), OK)

    assert answer == OK
    assert steps == [REQUEST, Pause(0.125), REQUEST]


def test_a_lost_request_and_a_broken_answer_are_sent_again() -> None:
    broken = Answer(201, {}, b"{", complete=False)
    _, steps = drive(Lost("connection refused"), broken, OK)

    assert [type(step) for step in steps] == [Request, Pause, Request, Pause, Request]


@pytest.mark.parametrize("status", [301, 304, 400, 401, 403, 404, 409, 410, 413, 422])
def test_what_would_only_be_refused_again_is_not_sent_again(status: int) -> None:
    with pytest.raises(ProblemError) as caught:
        drive(problem(status))

    assert caught.value.status == status


def test_waits_double_and_half_of_each_is_random() -> None:
    lost = [Lost("gone")] * 5
    _, least = drive(*lost, OK, patience=Patience(first_s=1, draw=lambda: 0.0))
    _, most = drive(*lost, OK, patience=Patience(first_s=1, draw=lambda: 1.0))

    assert waits(least) == [0.5, 1, 2, 4, 8]
    assert waits(most) == [1, 2, 4, 8, 16]


def test_no_wait_is_longer_than_allowed() -> None:
    patience = Patience(attempts=50, longest_s=3, draw=lambda: 1.0)
    _, steps = drive(*[Lost("gone")] * 49, OK, patience=patience)

    assert max(waits(steps)) == 3


def test_retry_after_is_the_least_wait_and_up_to_half_of_it_is_drawn_on_top() -> None:
    for draw, wait_s in ((0.0, 7.0), (0.5, 8.75), (1.0, 10.5)):
        _, steps = drive(
            problem(429, retry_after="7"), OK, patience=Patience(draw=lambda draw=draw: draw)
        )

        assert waits(steps) == [wait_s]


def test_a_service_that_asks_for_too_much_patience_is_given_up_at_once() -> None:
    with pytest.raises(UnavailableError) as caught:
        drive(problem(503, retry_after="3600"))

    assert caught.value.retry_after_s == 3600


def test_the_last_failure_is_told() -> None:
    with pytest.raises(UnavailableError, match="given up after 6 attempts: 503 unavailable: d"):
        drive(*[Lost("gone")] * 5, problem(503))


def test_a_date_is_held_against_the_answers_own_date() -> None:
    """The client's clock may be years off."""
    answer = problem(
        503,
        retry_after="Tue, 24 Nov 2020 06:00:30 GMT",
        date="Tue, 24 Nov 2020 06:00:00 GMT",
    )

    assert retry_after_s(answer) == 30


@pytest.mark.parametrize("text", ["", "soon", "-1", "1.5", "９", "9" * 40])
def test_an_unreadable_retry_after_is_none(text: str) -> None:
    assert retry_after_s(problem(503, retry_after=text)) is None


def test_a_retry_after_in_the_past_is_no_wait() -> None:
    answer = problem(
        503,
        retry_after="Tue, 24 Nov 2020 06:00:00 GMT",
        date="Tue, 24 Nov 2020 06:00:30 GMT",
    )

    assert retry_after_s(answer) == 0


def test_a_refusal_keeps_all_the_service_said() -> None:
    body = """{"type":"urn:mealtrace:problem:schema","title":"The record does not fit its type",
      "status":422,"detail":"net_g is no integer","request_id":"abcdef01","retry":false,
      "errors":[{"pointer":"/payload/net_g","code":"not-an-integer","message_en":"no integer",
                 "message_zh":"不是整数","record":"r-1"}, 7]}""".encode()
    with pytest.raises(ProblemError) as caught:
        drive(Answer(422, {"content-type": "application/problem+json"}, body))
    error = caught.value

    assert (error.code, error.status, error.request_id) == ("schema", 422, "abcdef01")
    assert [(f.pointer, f.message_zh, f.record) for f in error.faults] == [
        ("/payload/net_g", "不是整数", "r-1")
    ]
    assert str(error) == "422 schema: net_g is no integer"


@pytest.mark.parametrize(
    ("media_type", "body"),
    [("text/html", b"<h1>Not here</h1>"), ("application/json", b"{"), ("application/json", b"[]")],
)
def test_a_refusal_by_something_else_is_still_a_refusal(media_type: str, body: bytes) -> None:
    with pytest.raises(ProblemError) as caught:
        drive(Answer(404, {"content-type": media_type}, body))

    assert (caught.value.code, caught.value.status) == ("unknown", 404)


def test_a_page_of_a_captive_portal_is_no_answer() -> None:
    with pytest.raises(MalformedError, match="is this a MealTrace service"):
        object_of(Answer(200, {"content-type": "text/html"}, b"<h1>Welcome to our WLAN</h1>"))
