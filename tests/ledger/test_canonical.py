"""Canonical JSON: equal to rfc8785 where it accepts, and strict everywhere else."""

import base64
import enum
import json
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger import canonical
from ledger.errors import MalformedError

names = st.from_regex(r"\A[A-Za-z][A-Za-z0-9_]{0,63}\Z")
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
values = st.recursive(
    scalars,
    lambda v: st.lists(v, max_size=5) | st.dictionaries(names, v, max_size=5),
    max_leaves=30,
)


@given(values)
def test_serialises_as_rfc8785_does(value: object) -> None:
    assert rfc8785.dumps(value) == canonical.serialise(value, max_depth=100)


@given(values)
def test_parse_gives_back_what_was_serialised(value: object) -> None:
    assert value == canonical.parse(canonical.serialise(value, max_depth=100), max_depth=100)


@given(values, st.data())
def test_one_changed_byte_is_refused_or_is_canonical_itself(
    value: object, data: st.DataObject
) -> None:
    good = canonical.serialise(value, max_depth=100)
    at = data.draw(st.integers(0, len(good)))
    bad = good[:at] + data.draw(st.binary(min_size=1, max_size=2)) + good[at + 1 :]
    try:
        parsed = canonical.parse(bad, max_depth=100)
    except MalformedError:
        return

    assert bad == rfc8785.dumps(parsed)


@given(st.binary(max_size=40))
def test_any_bytes_are_parsed_or_malformed(data: bytes) -> None:
    try:
        parsed = canonical.parse(data)
    except MalformedError:
        return

    assert data == canonical.serialise(parsed)


def test_accepts_and_writes_every_vector(vectors: Path) -> None:
    cases = json.loads((vectors / "canonical.json").read_bytes())["accept"]

    assert cases
    for case in cases:
        data = base64.b64decode(case["canonical_base64"])
        assert data == canonical.serialise(case["value"]), case["name"]
        assert case["value"] == canonical.parse(data), case["name"]


def test_refuses_every_vector(vectors: Path) -> None:
    cases = json.loads((vectors / "canonical.json").read_bytes())["refuse"]

    accepted = []
    for case in cases:
        try:
            canonical.parse(base64.b64decode(case["input_base64"]))
        except MalformedError:
            continue
        accepted.append(case["name"])
    assert cases
    assert accepted == []


@pytest.mark.parametrize(
    ("sixteen", "seventeen"),
    [
        (b"[" * 16 + b"]" * 16, b"[" * 17 + b"]" * 17),
        (b'{"a":' * 15 + b"{}" + b"}" * 15, b'{"a":' * 16 + b"{}" + b"}" * 16),
        (b'[{"a":' * 8 + b"null" + b"}]" * 8, b'[{"a":' * 8 + b"[]" + b"}]" * 8),
    ],
)
def test_sixteen_containers_are_the_deepest(sixteen: bytes, seventeen: bytes) -> None:
    assert sixteen == canonical.serialise(canonical.parse(sixteen))
    with pytest.raises(MalformedError, match="deep"):
        canonical.parse(seventeen)
    with pytest.raises(MalformedError, match="deep"):
        canonical.serialise(json.loads(seventeen))


@pytest.mark.parametrize("data", [b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000])
def test_a_bomb_of_brackets_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        canonical.parse(data)


class _Word(enum.StrEnum):
    A = "a"


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        b"bytes",
        {1: 2},
        {None: 1},
        {"a-b": 1},
        {"a\n": 1},
        {"a" * 65: 1},
        {"\u212a": 1},
        "\ud800",
        {"a": ["\udfff"]},
        _Word.A,
        {_Word.A: 1},
        {1, 2},
        object(),
        [[1.5]],
    ],
)
def test_refuses_to_serialise_what_has_no_canonical_form(value: object) -> None:
    with pytest.raises(MalformedError):
        canonical.serialise(value)  # type: ignore[arg-type]


def test_tuples_serialise_as_arrays() -> None:
    assert canonical.serialise(("a", ({"b": ()},))) == b'["a",[{"b":[]}]]'
