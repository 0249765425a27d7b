"""Anchors: only what the log names, the verifier's own node says, and the roots bear out."""

from dataclasses import replace
from typing import Any

import pytest
from log_writer import BUREAU, OPERATOR, SCHOOL, key
from scene import TARGET, Scene, changed, said

from ledger.anchor import Anchor, AnchorTarget, ChainFacts
from ledger.verdict import Check, Overall, State


class Anchored(Scene):
    """A log with a target at index 1, a record at 2, and two more entries."""

    def __init__(self, target: AnchorTarget = TARGET) -> None:
        super().__init__()
        self.target_at = self.append(
            "anchor-target", BUREAU, target.to_json(), signer=key("bureau")
        )
        self.at = self.append("order", SCHOOL, {})
        for _ in range(2):
            self.append("order", SCHOOL, {})

    def check(self, *anchors: Anchor, chain: ChainFacts | None = None, shown: bool = True) -> Check:
        """The check, for a bundle of the record with these anchors."""
        support = (self.target_at,) if shown else ()
        data = self.bundle(self.at, *support, anchors=anchors)
        return self.verify(data, chain=chain).check("anchor")


def test_a_final_event_of_the_logs_own_contract_passes() -> None:
    scene = Anchored()
    anchor = scene.anchor(4)
    data = scene.bundle(scene.at, scene.target_at, anchors=[anchor])

    found = scene.verify(data, chain=scene.facts(anchor), quorum=False)

    assert found.overall is Overall.VERIFIED
    assert found.scope == ("anchor",)
    assert "an anchor on a chain carries" in found.summary()[0]


@pytest.mark.parametrize("size", [3, 4, 5])
def test_any_size_that_covers_the_record_passes(size: int) -> None:
    scene = Anchored()
    anchor = scene.anchor(size)

    assert scene.check(anchor, chain=scene.facts(anchor)).state is State.PASS


def test_an_anchor_above_the_checkpoint_passes() -> None:
    scene = Anchored()
    anchor = scene.anchor(5, head=4)
    data = scene.bundle(scene.at, scene.target_at, size=4, anchors=[anchor])

    assert said(scene.verify(data, chain=scene.facts(anchor)))["anchor"] == "pass"


def test_an_anchor_no_larger_than_the_index_does_not_cover_the_record() -> None:
    scene = Anchored()
    anchor = scene.anchor(2)

    check = scene.check(anchor, chain=scene.facts(anchor))

    assert check.state is State.NOT_CHECKED
    assert "covers indices below 2, the record is at 2" in check.en


def test_a_target_lies_below_the_size_it_anchors() -> None:
    scene = Scene()
    at = scene.append("order", SCHOOL, {})
    target_at = scene.append("anchor-target", BUREAU, TARGET.to_json(), signer=key("bureau"))
    for size, state in ((2, "not-checked"), (3, "pass")):
        anchor = scene.anchor(size)
        data = scene.bundle(at, target_at, anchors=[anchor])

        assert said(scene.verify(data, chain=scene.facts(anchor)))["anchor"] == state


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"contract": "0x" + "82" * 20}, "does not name the contract"),
        ({"chain_id": 1}, "does not name the contract"),
        ({"genesis_hash": "0x" + "74" * 32}, "does not name the contract"),
        ({"tx_hash": "0x" + "ab" * 32}, "no event"),
        ({"log_index": 1}, "no event"),
        ({"block_number": 99}, "another block"),
        ({"block_hash": "0x" + "bc" * 32}, "another block"),
    ],
)
def test_claims_the_node_does_not_bear_out_are_not_believed(
    change: dict[str, Any], word: str
) -> None:
    scene = Anchored()
    facts = scene.facts(scene.anchor(4))

    check = scene.check(scene.anchor(4, **change), chain=facts)

    assert check.state is State.NOT_CHECKED
    assert word in check.en


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ({"contract": "0x" + "82" * 20}, State.NOT_CHECKED),
        ({"log_id": bytes(32)}, State.NOT_CHECKED),
        ({"block_timestamp_s": 0}, State.NOT_CHECKED),
        ({"block_timestamp_s": 10**14}, State.PASS),
        ({"block_timestamp_s": -(10**14)}, State.NOT_CHECKED),
        ({"block_number": 101}, State.NOT_CHECKED),
        ({"size": 5}, State.FAIL),
        ({"root": bytes(32)}, State.FAIL),
    ],
)
def test_the_nodes_event_decides(event: dict[str, Any], state: State) -> None:
    scene = Anchored()
    anchor = scene.anchor(4)

    assert scene.check(anchor, chain=scene.facts(anchor, **event)).state is state


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"chain_id": 1}, "another chain"),
        ({"genesis_hash": "0x" + "74" * 32}, "another chain"),
        ({"code_sha256": {}}, "found none"),
        ({"code_sha256": {TARGET.contract: "00" * 32}}, "found 0000000000000000…"),
        ({"events": ()}, "no event"),
    ],
)
def test_a_node_of_another_chain_or_a_look_alike_contract_proves_nothing(
    change: dict[str, Any], word: str
) -> None:
    scene = Anchored()
    anchor = scene.anchor(4)

    check = scene.check(anchor, chain=replace(scene.facts(anchor), **change))

    assert check.state is State.NOT_CHECKED
    assert word in check.en


def test_an_event_above_the_final_block_is_pending() -> None:
    scene = Anchored()
    anchor = scene.anchor(4)
    for final, state in ((99, State.PENDING), (100, State.PASS)):
        facts = replace(scene.facts(anchor), finalized_block_number=final)

        assert scene.check(anchor, chain=facts).state is state


def test_a_root_that_is_not_the_logs_fails_without_any_node() -> None:
    scene = Anchored()

    assert scene.check(scene.anchor(4, root=bytes(32))).state is State.FAIL
    assert scene.check(scene.anchor(5, root=bytes(32))).state is State.FAIL
    assert scene.check(scene.anchor(4, consistency=())).state is State.FAIL
    assert scene.check(scene.anchor(2, root=bytes(32))).state is State.FAIL
    assert scene.check(replace(scene.anchor(4), size=0)).state is State.FAIL


def test_a_target_that_no_authority_signed_is_none() -> None:
    scene = Scene()
    at = scene.append("order", SCHOOL, {})
    for issuer in (OPERATOR, BUREAU):
        target_at = scene.forge("anchor-target", issuer, TARGET.to_json())
        anchor = scene.anchor(len(scene.entries))
        data = scene.bundle(at, target_at, anchors=[anchor])

        assert said(scene.verify(data, chain=scene.facts(anchor)))["anchor"] == "not-checked"
        assert said(scene.verify(changed(data, anchors=[])))["anchor"] == "not-checked"


def test_without_its_target_shown_an_anchor_is_only_a_claim() -> None:
    scene = Anchored()
    anchor = scene.anchor(4)

    assert scene.check(anchor, chain=scene.facts(anchor), shown=False).state is State.NOT_CHECKED


def test_no_anchor_yet_is_pending_where_a_target_is_known() -> None:
    scene = Anchored()

    assert scene.check().state is State.PENDING
    assert scene.check(shown=False).state is State.NOT_CHECKED


def test_the_best_anchor_speaks_unless_one_fails() -> None:
    scene = Anchored()
    good, small, bad = scene.anchor(4), scene.anchor(2), scene.anchor(5, root=bytes(32))
    facts = scene.facts(good)

    assert scene.check(small, good, chain=facts).state is State.PASS
    assert scene.check(good, small, chain=facts).state is State.PASS
    assert scene.check(good, bad, chain=facts).state is State.FAIL


def test_an_anchor_on_a_chain_that_can_be_reset_proves_nothing_to_others() -> None:
    target = replace(TARGET, chain_id=31337)
    scene = Anchored(target)
    anchor = scene.anchor(4, chain_id=31337)
    facts = replace(scene.facts(anchor), chain_id=31337)
    pending = replace(facts, finalized_block_number=1)

    for chain, state in ((facts, State.PASS), (pending, State.PENDING), (None, State.NOT_CHECKED)):
        check = scene.check(anchor, chain=chain)
        assert check.state is state
        assert "this proves nothing to others" in check.en


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (None, "fail"),
        ([], "fail"),
        ({}, "fail"),
        ({"kind": 1}, "fail"),
        ({"kind": "evm"}, "fail"),
        ({"kind": "tide"}, "not-checked"),
    ],
)
def test_an_anchor_out_of_form_fails_and_one_of_another_kind_is_let_lie(
    value: object, state: str
) -> None:
    scene = Anchored()
    data = changed(scene.bundle(scene.at), anchors=[value])

    assert said(scene.verify(data))["anchor"] == state
