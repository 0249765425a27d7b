"""The text of an inclusion proof with its checkpoint."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import checkpoint, note, proof, tlog_proof
from ledger.errors import MalformedError
from ledger.merkle import leaf_hash
from ledger.policy import parse as parse_policy
from ledger.tlog_proof import TlogProof

HASH = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
GOOD = f"c2sp.org/tlog-proof@v1\nindex 1\n{HASH}\n\nlog\n2\n{HASH}\n\n— log AAAAAAA=\n"


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.none() | st.binary(max_size=40),
    st.text(),
)
def test_proofs_survive(index: int, path: list[bytes], extra: bytes | None, text: str) -> None:
    if not text.isprintable():
        text = ascii(text)
    value = TlogProof(index, tuple(path), text, extra)
    written = tlog_proof.format(value)

    assert value == tlog_proof.parse(written) == tlog_proof.parse(written.encode())


def test_the_proofs_of_the_vectors_lead_from_entry_to_checkpoint(vectors: Path) -> None:
    names = ("anchor-and-quorum", "proof-extra-line", "custodial", "genesis-alone")
    for name in names:
        case = json.loads((vectors / "bundles" / f"{name}.json").read_bytes())
        text = case["bundle"]["proof"]
        parsed = tlog_proof.parse(text)
        keys = [log.key for log in parse_policy(case["policy"]).logs]
        head = checkpoint.open(parsed.checkpoint_note, keys)

        assert text == tlog_proof.format(parsed)
        assert (name == "proof-extra-line") == (parsed.extra == b"unauthenticated")
        proof.verify_inclusion(
            parsed.index,
            head.size,
            leaf_hash(base64.b64decode(case["bundle"]["entry"])),
            parsed.path,
            head.root,
        )


@pytest.mark.parametrize("name", ["index-leading-zero", "proof-version"])
def test_proofs_of_the_vectors_that_are_none_are_refused(vectors: Path, name: str) -> None:
    case = json.loads((vectors / "bundles" / f"{name}.json").read_bytes())
    with pytest.raises(MalformedError):
        tlog_proof.parse(case["bundle"]["proof"])


@pytest.mark.parametrize(
    "name",
    ["checkpoint-carriage-return", "checkpoint-no-last-newline", "checkpoint-size-leading-zero"],
)
def test_a_bad_checkpoint_is_found_by_who_opens_it(vectors: Path, name: str) -> None:
    case = json.loads((vectors / "bundles" / f"{name}.json").read_bytes())
    parsed = tlog_proof.parse(case["bundle"]["proof"])
    with pytest.raises(MalformedError):
        checkpoint.parse(note.parse(parsed.checkpoint_note).text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v1\n\n",
        GOOD.replace("@v1", "@v2"),
        GOOD.replace("@v1\n", "@v1\r\n"),
        GOOD.replace("index 1\n", ""),
        GOOD.replace("index 1", "index 01"),
        GOOD.replace("index 1", "index -1"),
        GOOD.replace("index 1", "index  1"),
        GOOD.replace("index 1", "index 1 "),
        GOOD.replace("index 1", "index １"),
        GOOD.replace("index 1", f"index {2**63}"),
        GOOD.replace("index 1", "Index 1"),
        GOOD.replace("index 1", "extra AA==\nextra AA==\nindex 1"),
        GOOD.replace("index 1", "extra A\nindex 1"),
        GOOD.replace("index 1", "extra\nindex 1"),
        GOOD.replace("index 1", "index 1\nextra AA=="),
        GOOD.replace(f"index 1\n{HASH}", f"index 1\n{HASH[:-4]}"),
        GOOD.replace(f"index 1\n{HASH}", f"index 1\n{HASH[:-1]}"),
        GOOD.replace(f"index 1\n{HASH}", "index 1\n" + "\n".join([HASH] * 64)),
        GOOD.replace("\n\n", "\n"),
        GOOD.encode() + b"\xff",
    ],
)
def test_what_is_no_proof_is_refused(text: str | bytes) -> None:
    with pytest.raises(MalformedError):
        tlog_proof.parse(text)


def test_the_good_proof_of_these_cases_is_good() -> None:
    parsed = tlog_proof.parse(GOOD)

    assert TlogProof(1, (bytes(32),), GOOD.split("\n\n", 1)[1]) == parsed
