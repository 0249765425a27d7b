"""A trace is believed only where the log the client trusts carries every record of it."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from paper_log import PARTY, TOKEN, PaperLog
from sample import evidence

from devices.client import MealtraceClient, Receipt, Trust
from ledger import entry, tlog_proof
from ledger.encoding import b64, unb64
from ledger.errors import MalformedError, VerificationError
from ledger.merkle import leaf_hash
from ledger.trace import document

Members = dict[str, Any]


@pytest.fixture
def client(paper: PaperLog) -> Iterator[MealtraceClient]:
    with MealtraceClient(paper.url, TOKEN, trust=Trust.policy(paper.policy), party=PARTY) as client:
        yield client


def of_one(receipt: Receipt) -> Members:
    """The trace of a record that nothing hangs together with."""
    proof = tlog_proof.parse(receipt.proof)
    node = {
        **document.said(receipt.index, entry.parse(receipt.entry)),
        "depth": 0,
        "files": [],
        "links": {},
        "erased": False,
        **document.proof(receipt.entry, list(proof.path), None),
    }
    return {
        "start": receipt.id,
        "direction": "both",
        "depth": 6,
        "checkpoint": proof.checkpoint_note,
        "nodes": [node],
        "edges": [],
        "withheld": [],
        "missing": [],
        "truncated": False,
        "cut": [],
    }


def test_a_trace_comes_checked_and_as_a_file_to_keep(
    paper: PaperLog, client: MealtraceClient
) -> None:
    receipt = client.post_evidence(evidence())
    members = of_one(receipt)
    paper.trace = document.format(members)

    found = client.trace(receipt.id, direction="up", depth=3)

    assert set(found.nodes) == {receipt.id}
    assert found.data == document.format(members)
    assert paper.seen[-1].path == f"/v1/records/{receipt.id}/trace"
    assert paper.seen[-1].query == "direction=up&depth=3&nodes=500"


def test_a_trace_of_another_record_is_refused(paper: PaperLog, client: MealtraceClient) -> None:
    receipt, other = (client.post_evidence(evidence()) for _ in range(2))
    paper.trace = document.format(of_one(other))

    with pytest.raises(VerificationError, match="another record"):
        client.trace(receipt.id)


def test_an_entry_that_the_log_does_not_hold_is_refused(
    paper: PaperLog, client: MealtraceClient
) -> None:
    receipt = client.post_evidence(evidence())
    members = copy.deepcopy(of_one(receipt))
    node = members["nodes"][0]
    node["entry"] = b64(unb64(node["entry"]).replace(b"2026-11-23T06", b"2026-11-23T05"))
    paper.trace = document.format(members)

    with pytest.raises(VerificationError, match="inclusion"):
        client.trace(receipt.id)


def test_a_log_that_forked_since_is_found_out_by_a_trace(
    paper: PaperLog, client: MealtraceClient
) -> None:
    receipt = client.post_evidence(evidence())
    paper.leaves[0] = b"another beginning"
    forked = of_one(receipt)
    forked["checkpoint"] = paper.signed_head()
    forked["nodes"][0]["path"] = [b64(leaf_hash(paper.leaves[0]))]
    paper.trace = document.format(forked)

    with pytest.raises(VerificationError, match="two different heads"):
        client.trace(receipt.id)


def test_what_is_no_trace_is_malformed(paper: PaperLog, client: MealtraceClient) -> None:
    receipt = client.post_evidence(evidence())
    paper.trace = b"[]"

    with pytest.raises(MalformedError):
        client.trace(receipt.id)
