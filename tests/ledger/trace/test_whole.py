"""Parts of a trace are all of it only where each follows the one before."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from library import LOG_KEY, busy

from ledger import note
from ledger.encoding import b64, unb64
from ledger.errors import MalformedError, VerificationError
from ledger.trace import check, document, whole
from ledger.verdict import Check, Overall, State

Members = dict[str, Any]
LOG = busy(20)
PARTS = LOG.documents("licence", "down", depth=8, most=40)


def policy() -> bytes:
    assert LOG.writer.ledger is not None
    vkey = note.format_vkey(LOG_KEY.verifier_key)
    return f"log {vkey}\n# genesis {LOG.writer.ledger.hex()}\nquorum none\n".encode()


def judged(parts: list[Members]) -> tuple[Overall, Check]:
    verdict = whole.verify(map(document.format, parts), policy())
    return verdict.overall, verdict.checks[-1]


def test_all_parts_in_their_order_are_the_whole() -> None:
    overall, said = judged(PARTS)

    assert len(PARTS) > 3
    assert (overall, said.name, said.state) == (Overall.LOG_ONLY, whole.PARTS, State.PASS)
    assert said.en.startswith(f"All {len(PARTS)} parts")


@pytest.mark.parametrize("size", [1, 3, len(PARTS) - 1])
def test_parts_without_the_last_say_that_they_are_not_all(size: int) -> None:
    overall, said = judged(PARTS[:size])

    assert (overall, said.state) == (Overall.LOG_ONLY, State.NOT_CHECKED)
    assert PARTS[size]["part"] in said.en
    assert PARTS[size]["part"] in said.zh


def other_log(parts: list[Members]) -> None:
    parts[1]["checkpoint"] += f"— {LOG_KEY.verifier_key.name} AAAAAAAA\n"


@pytest.mark.parametrize(
    "lie",
    [
        lambda parts: parts.pop(1),
        lambda parts: parts.pop(0),
        lambda parts: parts.insert(1, parts[0]),
        lambda parts: parts.append(parts[-1]),
        lambda parts: parts.reverse(),
        lambda parts: parts[1].update(depth=3),
        lambda parts: parts[2].update(next=parts[2]["part"]),
        other_log,
    ],
)
def test_parts_that_do_not_follow_one_another_are_not_one_trace(
    lie: Callable[[list[Members]], object],
) -> None:
    parts = copy.deepcopy(PARTS)
    lie(parts)

    overall, said = judged(parts)

    assert (overall, said.name, said.state) == (Overall.FAILED, whole.PARTS, State.FAIL)


def test_a_lie_inside_one_part_is_found() -> None:
    parts = copy.deepcopy(PARTS)
    node = next(node for node in parts[-1]["nodes"] if node["type"] == "meal-service")
    node["entry"] = b64(unb64(node["entry"]).replace(b"meal-service", b"meal-servise"))

    overall, said = judged(parts)

    assert overall is Overall.FAILED
    assert said.name == check.HOPS


def test_a_part_by_itself_holds_and_does_not_keep_still_about_the_rest() -> None:
    verdict = check.verify(document.format(PARTS[0]), policy())

    assert verdict.overall is Overall.LOG_ONLY
    assert "there is more" in verdict.checks[-1].en
    assert "并未列出全部内容" in verdict.checks[-1].zh


def test_a_whole_trace_is_no_part() -> None:
    with pytest.raises(VerificationError, match="no part"):
        whole.Sequel().add(document.parse(document.format(LOG.members("licence", "down"))))


@pytest.mark.parametrize(
    "members",
    [{"part": "first"}, {"next": None}, {"part": None, "next": None}, {"part": "first", "next": 1}],
)
def test_a_part_says_what_it_is_and_what_comes_next(members: Members) -> None:
    whole_trace = LOG.members("licence", "down")

    with pytest.raises(MalformedError, match="part of a trace"):
        document.parse(document.format(whole_trace | members))


def test_no_parts_are_no_trace() -> None:
    with pytest.raises(MalformedError):
        whole.verify([], policy())
