"""A trace holds by itself, and every lie in it is found."""

import copy
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from library import LOG_KEY, ORDER, ORIGIN, PORK, Library, school_day
from log_writer import key

from ledger import checkpoint, note
from ledger.checkpoint import Checkpoint
from ledger.encoding import b64, unb64
from ledger.errors import LedgerError, MalformedError, VerificationError
from ledger.note import NoteKey
from ledger.trace import check, document
from ledger.trace.hops import Days
from ledger.verdict import Overall, State

Members = dict[str, Any]
LOG = school_day()
KEYS = [LOG_KEY.verifier_key]
TRACE = LOG.members("booked", "up")


def checked(members: Members, log: Library = LOG) -> check.Trace:
    assert log.writer.ledger is not None
    return check.check(document.format(members), KEYS, log.writer.ledger)


def policy(*, genesis: bytes | None = None) -> bytes:
    found = genesis or LOG.writer.ledger
    assert found is not None
    vkey = note.format_vkey(LOG_KEY.verifier_key)
    return f"log {vkey}\n# genesis {found.hex()}\nquorum none\n".encode()


@pytest.mark.parametrize(
    ("start", "way"), [("booked", "up"), ("licence", "down"), ("recall", "down"), ("paid", "up")]
)
def test_an_honest_trace_holds(start: str, way: str) -> None:
    found = checked(LOG.members(start, way))

    assert found.start == LOG.id(start)
    assert set(found.nodes) == {node["id"] for node in LOG.members(start, way)["nodes"]}
    assert not found.truncated


def test_what_was_committed_to_comes_with_it() -> None:
    weighed = checked(TRACE).nodes[LOG.id("pork weighed")]

    assert [(file.role, file.sha256) for file in weighed.files] == [("photo", "ab" * 32)]
    assert weighed.seen.entry.statement.type == "weigh-in"


def node(members: Members, name: str) -> Members:
    return next(item for item in members["nodes"] if item["id"] == LOG.id(name))


def edge(members: Members, lower: str, upper: str) -> Members:
    ends = LOG.id(lower), LOG.id(upper)
    return next(item for item in members["edges"] if (item["from"], item["to"]) == ends)


def leaf(members: Members, name: str, field: str) -> Members:
    shown = node(members, name)["disclosure"]["disclosed"]
    return next(item for item in shown if item["name"] == field)


def other_entry(members: Members) -> None:
    found = node(members, "van")
    found["entry"] = b64(unb64(found["entry"]).replace(b"dispatch", b"despatch"))


def other_place(members: Members) -> None:
    node(members, "van")["index"] += 1


def other_path(members: Members) -> None:
    node(members, "van")["path"][0] = b64(bytes(32))


def other_type(members: Members) -> None:
    node(members, "van")["type"] = "order"


def other_subjects(members: Members) -> None:
    node(members, "van")["subjects"] = [ORDER]


def other_photo(members: Members) -> None:
    node(members, "pork weighed")["files"][0]["sha256"] = "cd" * 32


def no_photo(members: Members) -> None:
    node(members, "pork weighed")["files"] = []


def photo_not_committed_to(members: Members) -> None:
    other_photo(members)
    leaf(members, "pork weighed", "blobs")["value"][0]["sha256"] = "cd" * 32


def closed(members: Members) -> None:
    node(members, "pork weighed").update({"disclosure": None, "files": []})


def validity_withheld(members: Members) -> None:
    shown = node(members, "licence")["disclosure"]["disclosed"]
    shown[:] = [item for item in shown if item["name"] != "valid_until"]


def lapsed_in_its_place(members: Members) -> None:
    there = LOG.members("lapsed", "down")["nodes"][0]
    members["nodes"].append(there)
    hop = {**edge(members, "order", "licence"), "to": there["id"]}
    members["edges"].append(hop)


def other_rel(members: Members) -> None:
    edge(members, "booked", "paid")["rel"] = "cites"


def other_document(members: Members) -> None:
    edge(members, "van", "order")["via"] = PORK


def other_end(members: Members) -> None:
    edge(members, "booked", "paid")["to"] = LOG.id("van")


def subject_not_shared(members: Members) -> None:
    members["edges"].append({"from": LOG.id("booked"), "to": LOG.id("van"), "via": PORK})


def field_not_there(members: Members) -> None:
    edge(members, "pork weighed", "checked scale")["field"] = "scale"


def hop_to_nowhere(members: Members) -> None:
    members["nodes"].remove(node(members, "tender"))


def stranger(members: Members) -> None:
    members["nodes"].append(LOG.members("menu", "up")["nodes"][0])


def twice(members: Members) -> None:
    members["nodes"].append(members["nodes"][0])


def turned_round(members: Members) -> None:
    members["direction"] = "down"


def other_start(members: Members) -> None:
    members["start"] = LOG.id("menu")


def other_key(members: Members) -> None:
    head = checkpoint.parse(note.parse(members["checkpoint"]).text)
    members["checkpoint"] = checkpoint.sign(head, [NoteKey(ORIGIN, key("another"))])


def other_root(members: Members) -> None:
    size = checkpoint.parse(note.parse(members["checkpoint"]).text).size
    members["checkpoint"] = checkpoint.sign(Checkpoint(ORIGIN, size, bytes(32), ()), [LOG_KEY])


LIES = (
    other_entry, other_place, other_path, other_type, other_subjects, other_photo, no_photo,
    photo_not_committed_to, closed, validity_withheld, lapsed_in_its_place, other_rel,
    other_document, other_end, subject_not_shared, field_not_there, hop_to_nowhere, stranger, twice,
    turned_round, other_start, other_key, other_root,
)  # fmt: skip


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_every_lie_is_found(lie: Callable[[Members], None]) -> None:
    members = copy.deepcopy(TRACE)
    lie(members)

    with pytest.raises(VerificationError):
        checked(members)
    assert check.verify(document.format(members), policy()).overall is Overall.FAILED


def test_a_trace_of_another_log_does_not_hold() -> None:
    with pytest.raises(VerificationError, match="another log"):
        check.check(document.format(TRACE), KEYS, bytes(32))
    assert check.verify(document.format(TRACE), policy(genesis=bytes(32))).exit_code == 1


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("trace", "mealtrace/trace@v2"), ("start", 1), ("direction", "sideways"), ("depth", True),
        ("nodes", {}), ("nodes", [1]), ("nodes", [{}]), ("edges", [{}]), ("edges", [[]]),
        ("edges", [{"from": "a", "to": "b"}]), ("edges", [{"from": "a", "to": "b", "rel": 1}]),
        ("edges", [{"from": "a", "to": "b", "via": "x:y", "in_force": False}]),
        ("edges", [{"from": "a", "to": "b", "field": "f", "rel": "cites"}]),
        ("truncated", 0), ("cut", None), ("checkpoint", "no note"), ("more", 1),
    ],
)  # fmt: skip
def test_what_is_no_trace_is_malformed(member: str, value: Any) -> None:
    data = orjson.dumps({"trace": document.VERSION, **TRACE, member: value})

    with pytest.raises(MalformedError):
        check.check(data, KEYS, bytes(32))


@pytest.mark.parametrize("name", ["entry", "path", "files", "index", "disclosure"])
@pytest.mark.parametrize("value", [None, 1, "x", [1], {}])
def test_a_spoilt_node_raises_nothing_of_python_s_own(name: str, value: Any) -> None:
    members = copy.deepcopy(TRACE)
    node(members, "pork weighed")[name] = value

    with pytest.raises(LedgerError):
        checked(members)


def test_a_verdict_is_that_of_the_weakest_record_and_a_check_of_the_hops() -> None:
    verdict = check.verify(document.format(TRACE), policy())

    assert verdict.overall is Overall.LOG_ONLY
    assert verdict.checks[-1].name == check.HOPS
    assert verdict.checks[-1].state is State.PASS
    assert f"{len(TRACE['edges'])} hops" in verdict.checks[-1].en
    assert check.verify(document.format(TRACE), None).overall is Overall.UNIDENTIFIED


def test_a_lie_about_a_hop_is_told_in_both_languages() -> None:
    members = copy.deepcopy(TRACE)
    other_rel(members)
    verdict = check.verify(document.format(members), policy())

    assert verdict.overall is Overall.FAILED
    assert verdict.checks[-1].state is State.FAIL
    assert LOG.id("booked") in verdict.checks[-1].en
    assert LOG.id("booked") in verdict.checks[-1].zh


@pytest.mark.parametrize(
    ("time", "first", "last"),
    [
        ("2026-11-23T06:00:00.000Z", "2026-11-22", "2026-11-23"),
        ("2026-11-23T12:00:00.000Z", "2026-11-23", "2026-11-24"),
        ("9999-12-31T23:00:00.000Z", "9999-12-31", "9999-12-31"),
        ("0001-01-01T01:00:00.000Z", "0001-01-01", "0001-01-01"),
    ],
)
def test_a_time_has_one_or_two_days_on_earth(time: str, first: str, last: str) -> None:
    assert check.anywhere(time) == Days(first, last)
