"""The log behind a bundle: its keys, its identity, its checkpoint, its witnesses."""

import json
from typing import Any

import pytest
from log_writer import BUREAU, OPERATOR, SCHOOL, key
from scene import ORIGIN, Scene, changed, said

from ledger import note, policy
from ledger.errors import MalformedError
from ledger.note import VerifierKey
from ledger.policy import LogLine
from ledger.verdict import Overall, State, Verdict
from ledger.verification import verify


class Rotated(Scene):
    """A log whose key changed at index 2, with a record at 1 and one at 3."""

    def __init__(self, **change: Any) -> None:
        super().__init__()
        self.at = self.append("order", SCHOOL, {})
        payload = self.log_key("log 1", "log 2", signed_by=("log 1", "log 2"))
        self.changed_at = self.forge("log-key", OPERATOR, {**payload, **change})
        self.append("order", SCHOOL, {})

    def state(
        self,
        signers: tuple[str, ...],
        *,
        size: int = 4,
        shown: bool = True,
        log_keys: tuple[str, ...] = ("log 1",),
    ) -> str:
        """Of checkpoint-signature, for a checkpoint of a size by these keys."""
        support = (self.changed_at,) if shown else ()
        signed = self.checkpoint(size, keys=signers)
        data = self.bundle(self.at, *support, size=size, signed=signed)
        return said(self.verify(data, log_keys=log_keys))["checkpoint-signature"]


def test_the_old_key_hands_over_to_the_new() -> None:
    scene = Rotated()

    assert scene.state(("log 2",)) == "pass"
    assert scene.state(("log 2",), shown=False) == "fail"
    assert scene.state(("log 2",), log_keys=("log 2",)) == "pass"
    assert scene.state(("log 2",), log_keys=("log 2",), shown=False) == "pass"


def test_above_the_change_the_old_key_counts_for_nothing() -> None:
    scene = Rotated()

    assert scene.state(("log 1",)) == "fail"
    assert scene.state(("log 1",), log_keys=("log 1", "log 2")) == "fail"
    assert scene.state(("log 1", "log 2")) == "pass"


def test_at_the_change_both_keys_sign() -> None:
    scene = Rotated()

    for log_keys in (("log 1",), ("log 2",), ("log 1", "log 2")):
        assert scene.state(("log 1", "log 2"), size=3, log_keys=log_keys) == "pass"
        assert scene.state(("log 1",), size=3, log_keys=log_keys) == "fail"
        assert scene.state(("log 2",), size=3, log_keys=log_keys) == "fail"


def test_a_change_that_one_key_did_not_sign_is_not_followed() -> None:
    for signed_by in (("log 1", "log 1"), ("log 2", "log 2"), ("log 2", "log 1")):
        payload = Scene().log_key("log 1", "log 2", signed_by=signed_by)
        scene = Rotated(**payload)

        assert scene.state(("log 2",)) == "fail"
        assert scene.state(("log 1",)) == "pass"


def test_a_change_between_strangers_is_not_followed() -> None:
    payload = Scene().log_key("log 3", "log 2", signed_by=("log 3", "log 2"))

    assert Rotated(**payload).state(("log 2",)) == "fail"


def test_a_change_of_another_log_is_not_followed() -> None:
    other = Scene()
    other.entries[0] += b" "
    payload = other.log_key("log 1", "log 2", signed_by=("log 1", "log 2"))

    assert Rotated(**payload).state(("log 2",)) == "fail"


def test_two_changes_are_followed_in_turn() -> None:
    scene = Rotated()
    again = scene.log_key("log 2", "log 3", signed_by=("log 2", "log 3"))
    at = scene.forge("log-key", OPERATOR, again)
    scene.append("order", SCHOOL, {})
    for signer, state in (("log 3", "pass"), ("log 2", "fail"), ("log 1", "fail")):
        signed = scene.checkpoint(keys=(signer,))
        data = scene.bundle(scene.at, scene.changed_at, at, signed=signed)

        assert said(scene.verify(data))["checkpoint-signature"] == state


def test_a_bad_line_of_a_known_key_fails_though_another_is_good() -> None:
    scene = Rotated()
    signed = note.parse(scene.checkpoint(3, keys=("log 1", "log 2")))
    lines = list(signed.signatures)
    lines[1] = note.NoteSignature(lines[1].name, lines[1].key_id, bytes(64))
    bad = note.format(note.SignedNote(signed.text, tuple(lines)))
    data = scene.bundle(scene.at, size=3, signed=bad)

    assert said(scene.verify(data, log_keys=("log 1", "log 2")))["checkpoint-signature"] == "fail"
    assert said(scene.verify(data))["checkpoint-signature"] == "pass"


def record(scene: Scene) -> bytes:
    return scene.bundle(scene.append("order", SCHOOL, {}))


def test_a_statement_for_another_ledger_fails() -> None:
    scene = Scene()

    found = scene.verify(record(scene), genesis=bytes(32))

    assert said(found)["entry-form"] == "fail"
    assert "byte 0 of 32 differs, expected 0000000000000000…" in found.check("entry-form").en


def test_support_for_another_ledger_fails_and_counts_for_nothing() -> None:
    scene, other = Scene(), Scene()
    other.entries[0] = other.entries[0].replace(b"Asia/Shanghai", b"Asia/Chungking")
    foreign = scene.force(other.write("order", BUREAU, {}, signer=key("bureau")))
    at = scene.append("order", SCHOOL, {})

    found = scene.verify(scene.bundle(at, foreign))

    assert said(found)["entry-form"] == "fail"
    assert "another log" in found.check("entry-form").en


def test_of_two_lines_for_an_origin_the_one_with_the_genesis_counts() -> None:
    """A key the policy names for one log says nothing about another of the same name."""
    scene = Scene()
    data = scene.bundle(scene.append("order", SCHOOL, {}), signed=scene.checkpoint(keys=("log 2",)))
    ours, other = (
        VerifierKey(ORIGIN, note.ED25519, key(name).public_key) for name in ("log 1", "log 2")
    )
    trusted = scene.policy()
    lines = (LogLine(ours, scene.ledger), LogLine(other, bytes(32)))
    text = policy.format(
        policy.Policy(lines, trusted.witnesses, trusted.groups, trusted.quorum)
    ).encode()

    assert said(verify(data, text))["checkpoint-signature"] == "fail"


def test_without_a_policy_nothing_is_identified() -> None:
    found = verify(record(Scene()), None)

    assert found.overall is Overall.UNIDENTIFIED
    assert found.exit_code == 3


def test_a_failure_outweighs_a_log_that_is_not_identified() -> None:
    scene = Scene()
    data = scene.bundle(scene.append("order", SCHOOL, {"a": 1}), payload={"a": 2})

    assert verify(data, None).overall is Overall.FAILED


def test_without_witnesses_or_anchor_it_rests_on_the_operators_word() -> None:
    found = Scene().verify(record(Scene()), quorum=False)

    assert found.overall is Overall.LOG_ONLY
    assert said(found)["cosignatures"] == "not-checked"


def test_a_witness_line_is_held_to_the_checkpoint_even_where_none_is_asked_for() -> None:
    scene = Scene()
    at = scene.append("order", SCHOOL, {})
    good = note.parse(scene.checkpoint(1))
    signed = note.parse(scene.checkpoint())
    mixed = note.SignedNote(signed.text, (signed.signatures[0], good.signatures[1]))
    data = scene.bundle(at, signed=note.format(mixed))

    assert said(scene.verify(data, quorum=False))["cosignatures"] == "fail"


def test_support_that_is_not_in_the_log_fails_inclusion() -> None:
    scene = Scene()
    at = scene.append("order", SCHOOL, {})
    data = scene.bundle(at)
    support = json.loads(data)["support"]
    support[0]["path"] = []

    found = scene.verify(changed(data, support=support))

    assert said(found)["inclusion"] == "fail"
    assert "index 0" in found.check("inclusion").en


@pytest.mark.parametrize(
    "member",
    [
        {"role": 1},
        {"index": True},
        {"index": -1},
        {"index": "0"},
        {"entry": None},
        {"entry": "e30="},
        {"entry": "!"},
        {"path": {}},
        {"path": [1]},
        {"path": ["AA=="]},
        {"path": ["AA=="] * 64},
        {"heads": []},
        {"more": 1},
    ],
)
def test_support_out_of_form_fails_entry_form(member: dict[str, Any]) -> None:
    scene = Scene()
    at = scene.append("order", SCHOOL, {})
    data = scene.bundle(at)
    support = json.loads(data)["support"]
    support[0].update(member)

    found = scene.verify(changed(data, support=support))

    assert said(found)["entry-form"] == "fail"
    assert "supporting entry 1" in found.check("entry-form").en


@pytest.mark.parametrize("item", [None, 1, "x", [], {}])
def test_support_that_is_no_object_fails_entry_form(item: object) -> None:
    scene = Scene()
    data = record(scene)

    assert said(scene.verify(changed(data, support=[item])))["entry-form"] == "fail"


def test_more_support_than_64_is_not_read() -> None:
    scene = Scene()
    data = record(scene)
    support = json.loads(data)["support"]

    found = scene.verify(changed(data, support=support * 65))

    assert "expected at most 64, found 65" in found.check("entry-form").en
    assert said(scene.verify(changed(data, support=support * 64)))["entry-form"] == "pass"


def test_genesis_where_it_is_not_index_0_fails() -> None:
    scene = Scene()
    scene.force(scene.entries[0])

    assert said(scene.verify(scene.bundle(1)))["entry-form"] == "fail"
    assert said(scene.verify(scene.bundle(0, genesis=False)))["entry-form"] == "pass"
    assert said(scene.verify(scene.bundle(0, 1)))["entry-form"] == "fail"


def test_another_entry_than_genesis_at_index_0_fails() -> None:
    scene = Scene()
    scene.entries = [scene.write("order", SCHOOL, {})]

    found = verify(scene.bundle(0, genesis=False), None)

    assert said(found)["entry-form"] == "fail"
    assert "expected genesis at index 0, found order" in found.check("entry-form").en


def test_a_policy_that_cannot_be_read_gives_no_verdict() -> None:
    with pytest.raises(MalformedError):
        verify(record(Scene()), b"log nothing\n")


def summary(verdict: Verdict) -> str:
    en, zh = verdict.summary()
    assert zh
    return en


def test_the_verdict_in_a_sentence() -> None:
    scene = Scene()
    data = record(scene)

    assert "the witnesses carry it" in summary(scene.verify(data))
    assert "Custodial" in summary(scene.verify(data))
    assert "no anchor on a chain was checked" in summary(scene.verify(data, quorum=False))
    assert "would look the same" in summary(verify(data, None))
    failed = scene.verify(data, genesis=bytes(32))
    assert "1 of 11 checks failed; the first is entry-form" in summary(failed)


def test_the_verdict_as_json_holds_all_there_is() -> None:
    scene = Scene()
    verdict = scene.verify(record(scene))
    value: Any = verdict.to_json()

    assert list(value) == ["overall", "scope", "custodial", "checks"]
    assert (value["overall"], value["scope"], value["custodial"]) == (
        "verified",
        ["witnesses"],
        True,
    )
    assert [check["state"] for check in value["checks"]] == list(said(verdict).values())
    assert value["checks"][0].keys() == {"name", "state", "en", "zh"}
    assert json.loads(json.dumps(value)) == value
    assert verdict.check("inclusion").state is State.PASS
