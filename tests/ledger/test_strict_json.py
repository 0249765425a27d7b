"""JSON from outside: free in spelling, strict in meaning."""

import json
import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import strict_json
from ledger.errors import MalformedError

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(), v, max_size=4),
    max_leaves=20,
)


@given(
    values, st.booleans(), st.sampled_from([None, 0, 1, "\t"]), st.sampled_from(["", " ", "\r\n\t"])
)
def test_member_order_escapes_and_white_space_are_free(
    value: object, ascii_only: bool, indent: int | str | None, around: str
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    data = f"{around}{text}{around}".encode()

    assert value == strict_json.parse(data, max_depth=100)


@given(
    st.binary(max_size=60)
    | st.text('[]{},:"0123456789-+.eE\\u dtruefalsn', max_size=40).map(str.encode)
)
def test_any_bytes_are_parsed_or_malformed(data: bytes) -> None:
    for fractions in (False, True):
        try:
            strict_json.parse(data, fractions=fractions)
        except MalformedError:
            continue
        json.loads(data)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"\\u0061":2}',
        b'[{"b":{"c":1,"c":2}}]',
        b"\xef\xbb\xbf{}",
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'{"\\ud800":1}',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        '"食迹"'.encode("gb18030"),
        '{"a":1}'.encode("utf-16"),
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"01",
        b"1.",
        b".5",
        b"+1",
        b"0x10",
        b"[1,]",
        b"{}{}",
        b"",
        b" ",
        b"{'a':1}",
        b'"\n"',
        b'"\x00"',
        b"/**/1",
        b"\x0c1",
        b"\xc2\xa01",
    ],
)
def test_refuses_in_both_modes(data: bytes) -> None:
    with pytest.raises(MalformedError):
        strict_json.parse(data)
    with pytest.raises(MalformedError):
        strict_json.parse(data, fractions=True)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"1.5", 1.5),
        (b"1e3", 1000.0),
        (b"-0", -0.0),
        (b"0.0", 0.0),
        (b"9007199254740992", 9007199254740992.0),
        (b"-9007199254740993", -9007199254740992.0),
        (b"1" + b"0" * 5000, math.inf),
        (b"1e999", math.inf),
    ],
)
def test_numbers_the_ledger_cannot_hold_are_refused_or_come_out_as_floats(
    data: bytes, value: float
) -> None:
    with pytest.raises(MalformedError):
        strict_json.parse(data)
    found = strict_json.parse(b'{"a":%b}' % data, fractions=True)

    assert found == {"a": value}
    assert isinstance(found, dict)
    assert type(found["a"]) is float


@pytest.mark.parametrize("number", [0, 1, -1, 2**53 - 1, -(2**53) + 1])
def test_integers_stay_integers_in_both_modes(number: int) -> None:
    for fractions in (False, True):
        found = strict_json.parse(str(number).encode(), fractions=fractions)

        assert (number, int) == (found, type(found))


def test_depth_counts_nested_containers_not_brackets() -> None:
    wide = b"[" + b",".join([b'{"a":[]}'] * 1000) + b"]"
    strict_json.parse(wide, max_depth=3)

    with pytest.raises(MalformedError, match="deep"):
        strict_json.parse(wide, max_depth=2)


def test_brackets_in_strings_are_no_depth() -> None:
    assert strict_json.parse(b'"[[[["', max_depth=0) == "[[[["


def test_thirty_two_containers_are_the_deepest() -> None:
    strict_json.parse(b"[" * 32 + b"]" * 32)

    with pytest.raises(MalformedError, match="deep"):
        strict_json.parse(b"[" * 33 + b"]" * 33)


@pytest.mark.parametrize(
    "data", [b"[" * 200_000, b"[" * 200_000 + b"]" * 200_000, b'{"a":' * 200_000]
)
def test_a_bomb_of_brackets_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        strict_json.parse(data)


def test_a_bomb_of_brackets_is_malformed_where_a_library_raised_the_recursion_limit() -> None:
    # In a process of its own: without the check it ends in a stack overflow, not in an exception.
    program = (
        "import sys; sys.setrecursionlimit(10**6)\n"
        "from ledger import strict_json\n"
        "from ledger.errors import MalformedError\n"
        "for bomb in (b'[' * 10**6, b'{\"a\":' * 10**6):\n"
        "    try:\n"
        "        strict_json.parse(bomb)\n"
        "    except MalformedError as error:\n"
        "        print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stdout.split("\n")[:2] == ["JSON nested too deep"] * 2


@pytest.mark.parametrize("text", [b'"[[[[[[[["', b'["\\"[[[[[[[[", "]"]', b'{"a{{{{{{{{":"{{{{"}'])
def test_brackets_within_strings_nest_nothing(text: bytes) -> None:
    strict_json.parse(text, max_depth=1)


_NUMBERS = ["0", "-0", "-0.0", "1.0", "1.5", "1e3", "1E400", "9007199254740991", "9007199254740992",
            "-9007199254740993", "9223372036854775808", "18446744073709551616", "0.1", "5e-324"]  # fmt: skip
_compact_values = st.recursive(
    st.sampled_from([*_NUMBERS, "null", "true", '""', '"\\u00e9"', '"é"', '"\\/"', '"a:{b"']),
    lambda v: (
        st.lists(v, max_size=3).map(lambda items: f"[{','.join(items)}]")
        | st.lists(st.tuples(st.sampled_from(["a", "b", "é"]), v), max_size=3).map(
            lambda members: "{" + ",".join(f'"{name}":{value}' for name, value in members) + "}"
        )
    ),
    max_leaves=10,
)


@given(_compact_values)
def test_compact_json_is_read_as_any_other(text: str) -> None:
    """A space at the end takes it past the fast decoder."""

    def read(data: bytes) -> str:
        try:
            return repr(strict_json.parse(data, fractions=True))
        except MalformedError:
            return "refused"

    assert read(text.encode()) == read(text.encode() + b" ")
