"""What is shown of the payload, and the files that belong to it."""

import json
from hashlib import sha256
from typing import Any

import pytest
from log_writer import OPERATOR, SCHOOL
from scene import Scene, changed, said

from ledger import policy
from ledger.verdict import Check, State, Verdict
from ledger.verification import verify

PHOTO, SCAN = b"a photo", b"a scan"


def blob(file: bytes, role: str) -> dict[str, Any]:
    digest = sha256(file).hexdigest()
    return {"media_type": "image/jpeg", "role": role, "sha256": digest, "size": len(file)}


PAYLOAD: dict[str, Any] = {"a": 1, "blobs": [blob(PHOTO, "photo"), blob(SCAN, "scan")], "net_g": 5}


class Disclosed(Scene):
    """A log with a record that names two files."""

    def __init__(self, payload: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.payload = PAYLOAD if payload is None else payload
        self.at = self.append("order", SCHOOL, self.payload)
        self.data = self.bundle(self.at, payload=self.payload)

    def blobs(self, *files: bytes, data: bytes | None = None) -> Check:
        """The check of the files, with these at hand."""
        text = policy.format(self.policy()).encode()
        sizes = {sha256(file).hexdigest(): len(file) for file in files}
        found = verify(self.data if data is None else data, text, blobs=sizes)
        return found.check("blob-digests")

    def with_leaves(self, change: Any) -> Verdict:
        """The verdict with `change` applied to the disclosed leaves."""
        disclosure = json.loads(self.data)["disclosure"]
        disclosure["disclosed"] = change(disclosure["disclosed"])
        return self.verify(changed(self.data, disclosure=disclosure))

    def commitment(self, change: Any) -> str:
        return said(self.with_leaves(change))["payload-commitment"]


def test_fields_may_be_withheld_but_not_the_list_of_names() -> None:
    scene = Disclosed()

    assert scene.commitment(lambda leaves: leaves[:1]) == "pass"
    assert scene.commitment(lambda leaves: [leaves[0], leaves[3]]) == "pass"
    assert scene.commitment(lambda leaves: leaves[1:]) == "fail"
    assert scene.commitment(lambda _: []) == "fail"


def test_a_second_value_for_a_name_fails() -> None:
    scene = Disclosed()

    def twice(leaves: list[Any]) -> list[Any]:
        return [*leaves, {**leaves[3], "value": 6}]

    assert scene.commitment(twice) == "fail"
    assert scene.commitment(lambda leaves: [*leaves, leaves[3]]) == "fail"


@pytest.mark.parametrize(
    "change",
    [
        {"value": 6},
        {"value": True},
        {"value": "5"},
        {"name": "a"},
        {"index": 2},
        {"salt": "A" * 43},
    ],
)
def test_a_changed_leaf_fails_and_is_named(change: dict[str, Any]) -> None:
    scene = Disclosed()

    found = scene.with_leaves(lambda leaves: [*leaves[:3], {**leaves[3], **change}])

    assert said(found)["payload-commitment"] == "fail"
    if "value" in change:
        check = found.check("payload-commitment")
        assert "field 'net_g'" in check.en
        assert "字段 net_g" in check.zh
        assert "differs, expected" in check.en


def test_another_order_of_names_fails() -> None:
    scene = Disclosed()

    def swapped(leaves: list[Any]) -> list[Any]:
        return [{**leaves[0], "value": leaves[0]["value"][::-1]}, *leaves[1:]]

    assert scene.commitment(swapped) == "fail"


@pytest.mark.parametrize("value", [{}, {"fields": 4}, {"fields": "4", "disclosed": []}])
def test_a_disclosure_out_of_form_fails(value: dict[str, Any]) -> None:
    scene = Disclosed()

    found = scene.verify(changed(scene.data, disclosure=value))

    assert said(found)["payload-commitment"] == "fail"
    assert said(found)["blob-digests"] == "not-checked"


def test_an_open_payload_with_a_false_disclosure_beside_it_fails() -> None:
    scene = Disclosed()
    index = scene.append("policy", OPERATOR, {"name": "x", "version": 1, "rules": {}})
    shown = json.loads(scene.data)["disclosure"]
    data = scene.bundle(index)

    assert said(scene.verify(data))["payload-commitment"] == "pass"
    assert said(scene.verify(changed(data, disclosure=shown)))["payload-commitment"] == "fail"


def test_all_files_at_hand_pass() -> None:
    assert Disclosed().blobs(PHOTO, SCAN).state is State.PASS


def test_some_files_at_hand_leave_the_others_open() -> None:
    check = Disclosed().blobs(PHOTO)

    assert check.state is State.NOT_CHECKED
    assert "1 of 2" in check.en


def test_a_file_that_is_not_named_fails() -> None:
    check = Disclosed().blobs(PHOTO, SCAN, b"another")

    assert check.state is State.FAIL
    assert sha256(b"another").hexdigest()[:16] in check.en


def test_a_size_that_is_not_the_files_fails_for_whichever_name_of_it() -> None:
    """The same digest named twice with two sizes: one of them is a lie."""
    twice = [blob(PHOTO, "a"), {**blob(PHOTO, "b"), "size": 1}]
    for names in (twice, [{**blob(PHOTO, "a"), "size": 1}, blob(PHOTO, "b")]):
        assert Disclosed({"blobs": names}).blobs(PHOTO).state is State.FAIL


def test_an_href_is_for_a_named_file() -> None:
    scene = Disclosed()
    named = {"sha256": sha256(PHOTO).hexdigest(), "href": "/x"}
    other = {"sha256": "00" * 32, "href": "/x"}

    assert scene.blobs(PHOTO, SCAN, data=changed(scene.data, blobs=[named])).state is State.PASS
    assert scene.blobs(PHOTO, SCAN, data=changed(scene.data, blobs=[other])).state is State.FAIL


@pytest.mark.parametrize(
    "item",
    [
        None,
        {},
        {"sha256": "00" * 32},
        {"sha256": "00" * 31, "href": ""},
        {"sha256": "AA" * 32, "href": ""},
        {"sha256": 1, "href": ""},
        {"sha256": "00" * 32, "href": 1},
        {"sha256": "00" * 32, "href": "", "more": 1},
    ],
)
def test_a_list_of_files_out_of_form_fails(item: object) -> None:
    scene = Disclosed()

    assert scene.blobs(data=changed(scene.data, blobs=[item])).state is State.FAIL


def test_a_record_proven_to_name_no_file_takes_none() -> None:
    scene = Disclosed({"a": 1})

    assert scene.blobs().state is State.PASS
    assert scene.blobs(PHOTO).state is State.FAIL
    assert "expected none" in scene.blobs(PHOTO).en


def test_files_of_a_withheld_list_are_not_judged() -> None:
    scene = Disclosed()
    disclosure = json.loads(scene.data)["disclosure"]
    del disclosure["disclosed"][2]
    data = changed(scene.data, disclosure=disclosure)

    assert scene.blobs(PHOTO, data=data).state is State.NOT_CHECKED


def test_an_open_record_names_its_files_itself() -> None:
    scene = Disclosed()
    for names, state in (([blob(PHOTO, "photo")], State.PASS), (["x"], State.FAIL)):
        index = scene.forge("policy", OPERATOR, {"blobs": names})

        assert scene.blobs(PHOTO, data=scene.bundle(index)).state is state
