"""Entries: strict both ways, and fast to build."""

import base64
import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from own_vectors import cases, load, log

from ledger import canonical, entry, merkle, statement
from ledger.encoding import unb64url
from ledger.entry import ChainItem, Entry, Open
from ledger.errors import MalformedError

ENTRIES = log()
CLOSED = ENTRIES[9]


@cases("statement-entry.json", "accept_entries")
def test_accepts(case: dict[str, Any]) -> None:
    data = base64.b64decode(case["entry_base64"])

    assert data == entry.parse(data).to_bytes()


@cases("statement-entry.json", "refuse_entries")
def test_refuses(case: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        entry.parse(base64.b64decode(case["entry_base64"]))


@cases("statement-entry.json", "log")
def test_parses_and_writes_the_log_of_the_vectors(case: dict[str, Any]) -> None:
    data = base64.b64decode(case["entry_base64"])
    said = base64.b64decode(case["statement_base64"])

    parsed = entry.parse(data)

    assert data == parsed.to_bytes()
    assert said == parsed.statement.to_bytes()
    assert case["statement_sha256_hex"] == parsed.statement.sha256.hex()
    assert parsed.statement == statement.parse(said)
    assert case["leaf_hash_hex"] == merkle.leaf_hash(data).hex()
    if parsed.open is not None:
        assert Open(case["payload"], unb64url(case["seed_base64url"], 32)) == parsed.open


def test_the_roots_of_the_vectors_are_those_of_their_entries() -> None:
    hashes = [merkle.leaf_hash(data) for data in ENTRIES]

    for size, case in enumerate(load("statement-entry.json")["log"], start=1):
        assert case["root_hex"] == merkle.tree_root(hashes[:size]).hex()


def test_the_statement_keeps_its_own_bytes() -> None:
    """Sliced out of the entry, they are what serialising gives."""
    for data in ENTRIES:
        said = entry.parse(data).statement

        assert canonical.serialise(said.to_json()) == said.to_bytes()


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    """A good closed entry after `change`, in canonical bytes as far as there are any."""
    value = json.loads(CLOSED)
    change(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


def put(*path: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    """Sets a member deep inside."""

    def change(entry_json: dict[str, Any]) -> None:
        inner: Any = entry_json
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put("v", value=1.0), "v of an entry"),
        (put("v", value=2), "v of an entry"),
        (put("v", value="1"), "v of an entry"),
        (put("logged_at", value=None), "logged_at"),
        (put("logged_at", value="2026-02-29T00:00:00.000Z"), "day"),
        (put("signature", value=1), "signature"),
        (put("signature", value=False), "signature"),
        (put("submitter", value="school:2105020001\n"), "submitter"),
        (put("submitter", value=None), "submitter"),
        (put("open", value=None), "open"),
        (put("open", value={"payload": {}, "seed": "A" * 43}), "open"),
        (put("chains", value={}), "chains"),
        (put("chains", 0, value=[]), "chain item"),
        (put("chains", 0, "subject", value="canteen:x"), "order"),
        (put("chains", 0, "seq", value=True), "seq"),
        (put("chains", 0, "seq", value=2.0), "seq"),
        (put("chains", 0, "seq", value=-2), "seq"),
        (put("chains", 0, "seq", value=2**53), "53-bit"),
        (put("chains", 0, "seq", value=1), "starts"),
        (put("chains", 0, "prev_index", value=-1), "prev_index"),
        (put("chains", 0, "prev_index", value=6.0), "prev_index"),
        (put("chains", 0, "prev_index", value=None), "prev_index"),
        (put("chains", 0, "prev", value="0" * 63), "prev"),
        (put("chains", 0, "prev", value="0" * 64 + "\n"), "prev"),
        (put("chains", 0, "prev", value="F" * 64), "prev"),
        (put("chains", 0, "prev", value=""), "prev"),
        (put("chains", 0, "prev", value=None), "prev"),
        (put("chains", 0, "prev", value=0), "prev"),
        (put("chains", 0, "next", value=None), "chain item"),
        (put("statement", value=[]), "statement"),
        (put("statement", "type", value="genesis"), "ledger|genesis"),
        (put("statement", "type", value="policy"), "open"),
        (put("statement", "payload", "fields", value=0), "fields"),
        (put("statement", "payload", "fields", value=1.5), "fields"),
        (put("statement", "type_version", value=0), "type_version"),
        (put("statement", "type_version", value=True), "type_version"),
        (put("statement", "links", value=[[]]), "link"),
        (put("statement", "links", 0, "subject", value=None), "link"),
        (put("statement", "subjects", 0, value=7), "subject"),
        (put("statement", "issuer", value="\ud800:a"), "JSON"),
        (put("note", value="x" * 65_536), "65,535|bytes"),
    ],
)
def test_names_the_member_at_fault(change: Callable[[dict[str, Any]], None], message: str) -> None:
    with pytest.raises(MalformedError, match=message):
        entry.parse(changed(change))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"{}",
        b"[" * 65_535,
        CLOSED.replace(b'"v":1}', b'"v":1,"v":1}'),
        CLOSED.replace(b'"seq":2', b'"seq":2e0', 1),
        CLOSED.replace(b'"prev_index":6', b'"prev_index":-0', 1),
        CLOSED.replace(b"weigh-in", b"weigh\\u002din"),
        CLOSED.replace(b'"v":1}', b'"v":1 }'),
        b"\xff" + CLOSED,
    ],
)
def test_refuses_what_is_not_canonical(data: bytes) -> None:
    with pytest.raises(MalformedError):
        entry.parse(data)


def test_an_open_payload_nests_twelve_deep_and_no_deeper() -> None:
    value = json.loads(ENTRIES[0])
    nested: dict[str, Any] = {}
    for _ in range(11):
        nested = {"a": nested}

    value["open"]["payload"] = nested
    data = canonical.serialise(value)
    assert data == entry.parse(data).to_bytes()
    value["open"]["payload"] = {"a": nested}
    with pytest.raises(MalformedError, match="deep"):
        entry.parse(canonical.serialise(value))
    with pytest.raises(MalformedError, match="deep"):
        dataclasses.replace(entry.parse(data), open=Open({"a": nested}, bytes(32))).to_bytes()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("open", "payload"), []),
        (("open", "seed"), None),
        (("open", "seed"), "A" * 42),
        (("open", "seed"), "A" * 43 + "="),
        (("open", "seed"), "A" * 42 + "B"),
        (("signature",), ""),
        (("statement", "ledger"), "00" * 32),
        (("open",), {}),
    ],
)
def test_genesis_is_bare_and_open(path: tuple[str, ...], value: object) -> None:
    genesis = json.loads(ENTRIES[0])
    put(*path, value=value)(genesis)

    with pytest.raises(MalformedError):
        entry.parse(canonical.serialise(genesis))


def test_genesis_has_no_subjects() -> None:
    genesis = json.loads(ENTRIES[0])
    genesis["statement"]["subjects"] = ["order:a"]
    genesis["chains"] = [{"prev": None, "prev_index": None, "seq": 1, "subject": "order:a"}]

    with pytest.raises(MalformedError, match="no subjects"):
        entry.parse(canonical.serialise(genesis))


def test_a_signature_of_any_form_is_an_entry() -> None:
    """Whether it is a signature is the next question, and has an answer of its own."""
    data = changed(put("signature", value="not..a signature"))

    assert entry.parse(data).signature == "not..a signature"


def test_to_bytes_writes_what_the_serialiser_would() -> None:
    """Out of the parts, not out of the bytes they were parsed from."""
    for data in ENTRIES:
        parsed = entry.parse(data)
        anew = Entry(
            parsed.chains,
            parsed.logged_at,
            'a "signature" of\nsorts',
            dataclasses.replace(parsed.statement, issuer="school:other"),
            parsed.submitter,
            parsed.open,
        )
        value = json.loads(data)
        value["signature"] = 'a "signature" of\nsorts'
        value["statement"]["issuer"] = "school:other"

        assert canonical.serialise(value) == anew.to_bytes()


@cases("statement-entry.json", "log")
def test_no_chain_makes_an_entry_longer_than_its_bound(case: dict[str, Any]) -> None:
    parsed = entry.parse(base64.b64decode(case["entry_base64"]))
    largest = 2**53 - 1
    longest = Entry(
        tuple(ChainItem(item.subject, largest, largest, bytes(32)) for item in parsed.chains),
        parsed.logged_at,
        parsed.signature,
        parsed.statement,
        parsed.submitter,
        parsed.open,
    )

    bound = entry.size_bound(parsed.statement, parsed.signature, parsed.submitter, parsed.open)

    assert len(longest.to_bytes()) == bound
