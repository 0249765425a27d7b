"""Corrections, erasures, subject indexes and audits: what happened after, and is that all of it?"""

import json
from typing import Any

import pytest
from log_writer import BUREAU, OPERATOR, SCALE, SCHOOL, key
from scene import Scene, changed, said

from ledger import bundle
from ledger.statement import Link
from ledger.subject_index import Head
from ledger.verdict import Overall, State, Verdict

AUDITOR = "auditor:11000000MB0000005E~audit"
OTHER = "supplier:91000000MA0000003C"


class History(Scene):
    """A log with one record at index 1, and what is said about it."""

    def __init__(self) -> None:
        super().__init__()
        self.at = self.append("order", SCHOOL, {"a": 1, "b": 2}, subjects=(SCHOOL,))
        self.about = f"record:{self.ids[self.at]}"

    def say(
        self, kind: str, rel: str, payload: dict[str, Any] | None = None, *, issuer: str = SCHOOL
    ) -> int:
        """Append an entry about the record."""
        return self.forge(
            kind, issuer, payload, links=(self.link(rel, self.at),), subjects=(self.about,)
        )

    def erase(self, *fields: str) -> int:
        payload: dict[str, Any] = {"scope": "record", "reason_code": "x"}
        if fields:
            payload = {"scope": "fields", "fields": list(fields), "reason_code": "x"}
        return self.say("erasure", "erases", payload, issuer=OPERATOR)

    def verdict(self, *support: int | bundle.Support, **kwargs: Any) -> Verdict:
        """The verdict on the record, all of it disclosed."""
        return self.verify(self.bundle(self.at, *support, payload={"a": 1, "b": 2}), **kwargs)

    def states(self, *support: int | bundle.Support, **kwargs: Any) -> tuple[str, str]:
        """Of corrections-and-erasures and completeness."""
        found = said(self.verdict(*support, **kwargs))
        return found["corrections-and-erasures"], found["completeness"]


def test_all_entries_about_the_record_are_shown_and_proven_to_be_all() -> None:
    scene = History()
    about = [scene.say("correction", "corrects"), scene.say("dispute", "disputes", issuer=OTHER)]
    _, heads = scene.subject_index(4, [scene.about])

    found = scene.verdict(*about, heads)

    assert scene.states(*about, heads) == ("pass", "pending")
    sentence = found.check("corrections-and-erasures").en
    assert "correction at index 2; dispute at index 3" in sentence


def test_one_entry_about_the_record_left_out_is_noticed() -> None:
    scene = History()
    first, last = scene.say("correction", "corrects"), scene.say("dispute", "disputes")
    _, heads = scene.subject_index(4, [scene.about])

    assert scene.states(last, heads) == ("not-checked", "not-checked")
    assert scene.states(first, heads) == ("not-checked", "not-checked")
    assert scene.states(heads) == ("not-checked", "not-checked")


def test_an_index_that_hides_an_entry_shown_beside_it_fails() -> None:
    scene = History()
    about = scene.say("correction", "corrects")
    _, heads = scene.subject_index(3, [scene.about], lie={scene.about: None})

    assert scene.states(about, heads) == ("not-checked", "fail")
    assert scene.states(heads) == ("pass", "pending")


def test_an_index_with_another_entry_for_the_head_fails() -> None:
    scene = History()
    about = scene.say("correction", "corrects")
    for head in (
        Head(scene.about, 1, about, bytes(32)),
        Head(scene.about, 2, about, scene.head(scene.about, about).leaf_hash),
        Head(scene.about, 1, 1, bytes(32)),
    ):
        _, heads = scene.subject_index(3, [scene.about], lie={scene.about: head})

        assert scene.states(about, heads) == ("not-checked", "fail")


def test_an_index_that_hides_the_record_itself_fails() -> None:
    """Its own place in the chains of its subjects counts like any entry's."""
    scene = History()
    scene.append("order", SCHOOL, {}, subjects=(SCHOOL,))
    lie = {SCHOOL: Head(SCHOOL, 1, 0, bytes(32))}
    _, heads = scene.subject_index(3, [SCHOOL], lie=lie)

    assert said(scene.verdict(heads))["completeness"] == "fail"


def test_an_index_of_a_size_that_ends_before_the_record_proves_nothing() -> None:
    scene = History()
    _, heads = scene.subject_index(1, [scene.about])

    check = scene.verdict(heads).check("completeness")

    assert check.state is State.NOT_CHECKED
    assert "which end before the record" in check.en


def test_an_index_speaks_up_to_its_size_only() -> None:
    """What is shown above that size neither helps nor contradicts it."""
    scene = History()
    _, heads = scene.subject_index(2, [scene.about])
    later = scene.say("correction", "corrects")

    assert scene.states(later, heads) == ("pass", "pending")


def test_of_two_indexes_the_one_that_reaches_further_speaks() -> None:
    scene = History()
    _, first = scene.subject_index(2, [scene.about])
    _, second = scene.subject_index(3, [scene.about])

    assert "size 3" in scene.verdict(first, second).check("completeness").en
    assert "size 3" in scene.verdict(second, first).check("completeness").en


def test_an_index_that_cannot_be_read_fails_completeness_only() -> None:
    scene = History()
    _, heads = scene.subject_index(2, [scene.about])
    data = scene.bundle(scene.at, heads, payload={"a": 1, "b": 2})
    support = json.loads(data)["support"]
    support[1]["heads"][0]["leaf"][0] = "another tag"

    found = said(scene.verify(changed(data, support=support)))

    assert [name for name, state in found.items() if state == "fail"] == ["completeness"]


def test_an_index_shown_without_heads_proves_nothing() -> None:
    scene = History()
    at, _ = scene.subject_index(2, [])

    assert scene.states(at) == ("not-checked", "not-checked")


def test_a_correction_by_another_than_the_issuer_fails() -> None:
    scene = History()

    assert scene.states(scene.say("correction", "corrects", issuer=OTHER))[0] == "fail"


def test_a_machines_owner_may_correct() -> None:
    scene = Scene()
    at = scene.append("weigh-in", SCALE, {}, subjects=(SCALE, SCHOOL))
    about = f"record:{scene.ids[at]}"
    corrected = scene.append(
        "correction", SCHOOL, {}, links=(scene.link("corrects", at),), subjects=(about,)
    )

    found = said(scene.verify(scene.bundle(at, corrected)))

    assert found["corrections-and-erasures"] == "not-checked"


def test_what_lies_below_the_record_cannot_be_about_it() -> None:
    scene = Scene()
    name = "00000000-0000-0000-0000-0000000000aa"
    written = scene.write("order", SCHOOL, {"a": 1}, record=name)
    digest = json.loads(written)["statement"]
    assert digest["id"] == name
    link = Link("erases", id=name, sha256=bytes(32))
    erased = scene.forge(
        "erasure",
        OPERATOR,
        {"scope": "record", "reason_code": "x"},
        links=(link,),
        subjects=(f"record:{name}",),
    )
    at = scene.forge("order", SCHOOL, {"a": 1}, record=name)

    found = scene.verify(changed(scene.bundle(at, erased), disclosure=None))

    assert said(found)["payload-commitment"] == "not-checked"
    assert "lies below the record" in found.check("corrections-and-erasures").en


def test_an_erased_record_is_verified_without_its_contents() -> None:
    scene = History()
    erased = scene.erase()
    data = changed(scene.bundle(scene.at, erased), disclosure=None)

    found = scene.verify(data)

    assert found.overall is Overall.VERIFIED
    assert found.check("payload-commitment").state is State.ERASED
    assert found.check("blob-digests").state is State.ERASED


@pytest.mark.parametrize("issuer", [SCHOOL, OTHER, f"{OPERATOR}~engine"])
def test_an_erasure_by_somebody_else_explains_nothing(issuer: str) -> None:
    scene = History()
    payload = {"scope": "record", "reason_code": "x"}
    links = (scene.link("erases", scene.at),)
    erased = scene.forge("erasure", issuer, payload, links=links, subjects=(scene.about,))
    data = changed(scene.bundle(scene.at, erased), disclosure=None)

    found = scene.verify(data)

    assert found.overall is Overall.FAILED
    assert said(found)["payload-commitment"] == "not-checked"
    assert "posted by the operator or signed" in found.check("corrections-and-erasures").en
    assert "既非运营方也非主管机构" in found.check("corrections-and-erasures").zh


def test_contents_shown_against_an_erasure_are_still_held_to_the_commitment() -> None:
    scene = History()
    erased = scene.erase()
    data = scene.bundle(scene.at, erased, payload={"a": 1, "b": 3})

    assert said(scene.verify(data))["payload-commitment"] == "fail"
    assert said(scene.verdict(erased))["payload-commitment"] == "erased"


def test_the_erasure_of_another_statement_explains_nothing() -> None:
    scene = History()
    link = Link("erases", id=scene.ids[scene.at], sha256=bytes(32))
    erased = scene.forge(
        "erasure",
        OPERATOR,
        {"scope": "record", "reason_code": "x"},
        links=(link,),
        subjects=(scene.about,),
    )

    found = scene.verify(changed(scene.bundle(scene.at, erased), disclosure=None))

    assert said(found)["payload-commitment"] == "not-checked"
    assert said(found)["corrections-and-erasures"] == "fail"


def test_erased_fields_are_named_and_the_others_still_open() -> None:
    scene = History()
    erased = scene.erase("b", "\x1b[31m")
    about = scene.say("dispute", "disputes", issuer=OTHER)
    data = scene.bundle(scene.at, erased, about, payload={"a": 1, "b": 2})
    disclosure = json.loads(data)["disclosure"]
    disclosure["disclosed"] = [leaf for leaf in disclosure["disclosed"] if leaf["name"] != "b"]

    found = scene.verify(changed(data, disclosure=disclosure))

    assert found.overall is Overall.VERIFIED
    assert found.check("payload-commitment").state is State.PASS
    check = found.check("corrections-and-erasures")
    assert check.state is State.ERASED
    assert "erased: b, ?; the file also shows dispute at index 3" in check.en


class Audited(History):
    """The same log with a subject index, and auditors."""

    def __init__(self) -> None:
        super().__init__()
        self.key_at = self.register(AUDITOR, key("auditor"))
        self.index_at, self.shown = self.subject_index(2, [self.about])

    def report(self, result: str = "reproduced", size: int = 2, **kwargs: Any) -> int:
        arguments = {
            "links": (self.link("cites", self.index_at),),
            "signer": key("auditor"),
            "subjects": (AUDITOR,),
            "issuer": AUDITOR,
            **kwargs,
        }
        payload = {"result": result, "size": size}
        return self.forge("audit-report", payload=payload, **arguments)

    def completeness(self, *support: int, auditors: Any = ((AUDITOR, "auditor"),)) -> str:
        return self.states(self.key_at, self.shown, *support, auditors=auditors)[1]


def test_an_auditor_the_policy_trusts_makes_it_complete() -> None:
    scene = Audited()

    assert scene.completeness(scene.report()) == "pass"


def test_no_other_report_makes_it_complete() -> None:
    scene = Audited()
    reports = {
        "of another size": scene.report(size=1),
        "of the same name, unsigned": scene.report(signer=None),
        "by another key": scene.report(signer=key("someone")),
        "without a citation": scene.report(links=()),
        "of another record": scene.report(links=(scene.link("cites", scene.at),)),
        "of another statement": scene.report(
            links=(Link("cites", id=scene.ids[scene.index_at], sha256=bytes(32)),)
        ),
        "not reproduced": scene.report("not-reproduced"),
    }

    assert {why: scene.completeness(at) for why, at in reports.items()} == dict.fromkeys(
        reports, "pending"
    )


def test_a_report_means_nothing_where_the_policy_trusts_another() -> None:
    scene = Audited()
    report = scene.report()

    assert scene.completeness(report, auditors=()) == "pending"
    assert scene.completeness(report, auditors=((AUDITOR, "another"),)) == "pending"
    assert scene.completeness(report, auditors=((OTHER, "auditor"),)) == "pending"


def test_one_auditor_who_could_not_reproduce_it_outweighs_the_others() -> None:
    scene = Audited()

    assert scene.completeness(scene.report(), scene.report("not-reproduced")) == "pending"


def test_a_report_under_a_key_registered_later_was_never_checked() -> None:
    """Its signature is by nobody yet: that the kid is known afterwards makes it no truer."""
    scene = History()
    index_at, heads = scene.subject_index(2, [scene.about])
    report = scene.forge(
        "audit-report",
        AUDITOR,
        {"result": "reproduced", "size": 2},
        links=(scene.link("cites", index_at),),
        subjects=(AUDITOR,),
        signer=key("auditor"),
    )
    value = json.loads(scene.entries[report])
    value["signature"] = value["signature"][:-4] + "AAAA"
    scene.entries[report] = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    at = scene.register(AUDITOR, key("auditor"))

    states = scene.states(at, heads, report, auditors=((AUDITOR, "auditor"),))

    assert states == ("pass", "pending")


def test_a_report_under_a_revoked_key_counts_for_nothing() -> None:
    scene = Audited()
    revoked = scene.revoke(key("auditor"), BUREAU, key("bureau"))

    assert scene.completeness(revoked, scene.report()) == "pending"


@pytest.mark.parametrize("size", [3, 4])
def test_an_index_that_covers_itself_fails(size: int) -> None:
    scene = History()
    scene.append("order", SCHOOL, {})
    _, heads = scene.subject_index(size, [scene.about])

    assert scene.states(heads)[1] == ("pending" if size == 3 else "fail")
