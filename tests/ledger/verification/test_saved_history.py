"""Saved pages of a history: all of it there, proven to be all, and nothing believed that is not."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from log_writer import SCHOOL, key
from scene import Scene, said

from ledger import bundle, entry, merkle, policy
from ledger.encoding import b64
from ledger.errors import MalformedError
from ledger.subject_index import Head
from ledger.verdict import Overall, State
from ledger.verification import history, history_pages
from ledger.verification.history import HistoryVerdict

AUDITOR = "auditor:11000000MB0000005E~audit"
SUPPLIER = "supplier:91000000MA0000003C"
OTHER = "supplier:91000000MA0000004D"
NOBODY = "supplier:91000000MA0000009Z"

Json = dict[str, Any]


class Shop(Scene):
    """A log with four records about a supplier, an index over them, and an auditor's report."""

    def __init__(self, *, lie: dict[str, Head | None] | None = None, report: bool = True) -> None:
        super().__init__()
        self.key_at = self.register(AUDITOR, key("auditor"))
        for number in range(4):
            self.append("order", SCHOOL, {"a": number}, subjects=(SCHOOL, SUPPLIER))
            self.append("order", SCHOOL, {"b": number}, subjects=(SCHOOL, OTHER))
        self.size = len(self.entries)
        self.lie = lie
        self.index_at, self.heads_shown = self.subject_index(self.size, [SUPPLIER], lie=self.lie)
        self.reports: list[int] = []
        if report:
            self.report()

    def report(self, result: str = "reproduced") -> None:
        at = self.forge(
            "audit-report",
            AUDITOR,
            {"result": result, "size": self.size},
            links=(self.link("cites", self.index_at),),
            subjects=(AUDITOR,),
            signer=key("auditor"),
        )
        self.reports.append(at)

    def item(self, index: int, subject: str) -> Json:
        """An entry as a page shows it."""
        data = self.entries[index]
        parsed = entry.parse(data)
        place = next(item for item in parsed.chains if item.subject == subject)
        statement = parsed.statement
        return {
            "seq": place.seq,
            "index": index,
            "leaf_hash": merkle.leaf_hash(data).hex(),
            "prev_index": place.prev_index,
            "prev": None if place.prev is None else place.prev.hex(),
            "id": statement.id,
            "type": statement.type,
            "issuer": statement.issuer,
            "submitter": parsed.submitter,
            "occurred_at": statement.occurred_at,
            "logged_at": parsed.logged_at,
            "links": {},
            "entry": b64(data),
        }

    def proof(self, heads: bundle.Support | None = None, last: int | None = None) -> Json:
        """What a page shows for its end."""

        def shown(at: int | bundle.Support) -> Json:
            return dict(self.support(at).to_json())

        others = [0, self.key_at, *(() if last is None else (last,))]
        return {
            "size": self.size,
            "support": shown(heads or self.heads_shown),
            "reports": [shown(at) for at in self.reports],
            "others": [shown(at) for at in others],
            "anchors": [],
            "checkpoint": self.checkpoint(),
        }

    def page(self, first: int = 1, last: int = 1000, *, subject: str = SUPPLIER) -> Json:
        """A page of the history: its numbers from `first` to `last`."""
        about = [
            index
            for index, data in enumerate(self.entries)
            if subject in entry.parse(data).statement.subjects
        ]
        items = [self.item(index, subject) for index in about[first - 1 : last]]
        head = self.item(about[-1], subject) if about else None
        later = items[-1]["index"] if items and items[-1]["index"] >= self.size else None
        return {
            "subject": subject,
            "entries": items,
            "complete": True,
            "head": head and {name: head[name] for name in ("seq", "index", "leaf_hash")},
            "completeness": self.proof(last=later),
            "cursor": str(last) if len(items) == last - first + 1 else None,
        }

    def judge(
        self, *pages: Json, auditors: Any = ((AUDITOR, "auditor"),), **kwargs: Any
    ) -> HistoryVerdict:
        read = [history_pages.parse(json.dumps(page).encode()) for page in pages]
        text = policy.format(self.policy(auditors=auditors, **kwargs)).encode()
        return history.verify(read, policy.parse(text))


def test_a_whole_history_is_verified_up_to_the_size_of_its_index() -> None:
    shop = Shop()

    found = shop.judge(shop.page())

    assert found.overall is Overall.VERIFIED, found
    assert found.scope == ("witnesses",)
    assert said(found) == {
        "entry-form": "pass",
        "chain": "pass",
        "checkpoint-signature": "pass",
        "inclusion": "pass",
        "cosignatures": "pass",
        "anchor": "not-checked",
        "completeness": "pass",
    }
    assert (found.subject, found.entries, found.size) == (SUPPLIER, 4, shop.size)
    assert f"first {shop.size} entries" in found.summary()[0]
    assert "没有任何遗漏" in found.summary()[1]
    assert found.to_json()["size"] == shop.size


def test_pages_may_come_in_any_order_and_overlap() -> None:
    shop = Shop()

    for pages in ([(1, 2), (3, 4)], [(3, 4), (1, 2)], [(1, 3), (2, 4)], [(1, 4), (1, 4)]):
        assert shop.judge(*(shop.page(*span) for span in pages)).overall is Overall.VERIFIED


@pytest.mark.parametrize("spans", [[(1, 2)], [(2, 4)], [(1, 1), (3, 4)], [(4, 4)]])
def test_a_page_left_out_fails(spans: list[tuple[int, int]]) -> None:
    shop = Shop()

    found = shop.judge(*(shop.page(*span) for span in spans))

    assert found.overall is Overall.FAILED
    assert found.check("chain").state is State.FAIL
    assert "in none of the files" in found.check("chain").en
    assert "不在所给文件中" in found.check("chain").zh


def test_an_entry_left_out_together_with_all_that_names_it_fails() -> None:
    """The log itself says that the chain ends earlier; the index knows better."""
    shop = Shop()
    page = shop.page(1, 3)
    page["head"] = {name: page["entries"][-1][name] for name in ("seq", "index", "leaf_hash")}

    found = shop.judge(page)

    assert found.check("chain").state is State.PASS
    assert found.check("completeness").state is State.FAIL
    assert found.overall is Overall.FAILED


def drop(page: Json) -> None:
    del page["entries"][1]


def exchange(page: Json) -> None:
    page["entries"][1]["entry"] = page["entries"][2]["entry"]


def rewrite(page: Json) -> None:
    page["entries"][1]["issuer"] = OTHER


def move(page: Json) -> None:
    for item in page["entries"]:
        item["index"] += 1


def stranger(page: Json) -> None:
    page["subject"] = NOBODY


def spoil(page: Json) -> None:
    page["entries"][0]["entry"] = b64(b"{}")


def other_head(page: Json) -> None:
    page["head"]["leaf_hash"] = "00" * 32


def no_head(page: Json) -> None:
    page["head"] = None


def other_size(page: Json) -> None:
    page["completeness"]["size"] += 1


def no_heads(page: Json) -> None:
    del page["completeness"]["support"]["heads"]


def other_path(page: Json) -> None:
    page["completeness"]["support"]["path"][0] = b64(bytes(32))


def broken_support(page: Json) -> None:
    page["completeness"]["support"] = {}


def broken_index(page: Json) -> None:
    page["completeness"]["support"]["entry"] = b64(b"{}")


def broken_other(page: Json) -> None:
    page["completeness"]["others"].append(7)


def unsigned(page: Json) -> None:
    text = page["completeness"]["checkpoint"]
    page["completeness"]["checkpoint"] = text[: text.index("\n\n")] + "\n\n"


def no_index(page: Json) -> None:
    page["completeness"]["support"] = page["completeness"]["others"][1]


@pytest.mark.parametrize(
    ("lie", "check"),
    [
        (drop, "chain"),
        (exchange, "entry-form"),
        (rewrite, "entry-form"),
        (move, "chain"),
        (stranger, "entry-form"),
        (spoil, "entry-form"),
        (other_head, "chain"),
        (no_head, "chain"),
        (other_size, "completeness"),
        (no_heads, "completeness"),
        (other_path, "inclusion"),
        (broken_support, "inclusion"),
        (broken_index, "entry-form"),
        (broken_other, "entry-form"),
        (unsigned, "checkpoint-signature"),
        (no_index, "completeness"),
    ],
)
def test_every_lie_fails_its_check_in_both_languages(
    lie: Callable[[Json], None], check: str
) -> None:
    shop = Shop()
    page = shop.page()
    lie(page)

    found = shop.judge(page)

    assert found.overall is Overall.FAILED
    assert found.check(check).state is State.FAIL, said(found)
    assert found.check(check).en.endswith(".")
    assert found.check(check).zh.endswith("。")
    assert "技术说明" not in found.check(check).zh
    assert [c.name for c in found.checks] == list(history.CHECKS)


@pytest.mark.parametrize("hidden", [False, True])
def test_an_index_that_hides_an_entry_of_the_history_fails(*, hidden: bool) -> None:
    """Its neighbours show that there is none, or its head is an earlier one."""
    honest = Shop()
    first = honest.page()["entries"][0]["index"]
    earlier = Head(SUPPLIER, 1, first, bytes.fromhex(honest.page()["entries"][0]["leaf_hash"]))
    shop = Shop(lie={SUPPLIER: None if hidden else earlier})

    found = shop.judge(shop.page())

    assert found.check("completeness").state is State.FAIL
    assert "leaves out an entry" in found.check("completeness").en


def test_an_index_with_another_entry_for_the_head_fails() -> None:
    honest = Shop()
    last = honest.page()["entries"][-1]
    shop = Shop(lie={SUPPLIER: Head(SUPPLIER, 4, last["index"], bytes(32))})

    assert shop.judge(shop.page()).check("completeness").state is State.FAIL


def test_a_subject_nobody_spoke_of_is_proven_to_have_no_history() -> None:
    shop = Shop()
    shown = neighbours(shop, NOBODY)
    shop.heads_shown = bundle.Support("subject-index", shop.index_at, b"", (), shown)

    found = shop.judge(shop.page(subject=NOBODY))

    assert found.overall is Overall.VERIFIED
    assert found.entries == 0


def test_neighbours_of_another_place_prove_no_absence() -> None:
    shop = Shop()

    found = shop.judge(shop.page(subject=NOBODY))

    assert found.check("completeness").state is State.FAIL
    assert "技术说明" not in found.check("completeness").zh


def neighbours(shop: Shop, subject: str) -> Sequence[Any]:
    """What the shop's index says of a subject that it does not hold."""
    copy = Shop(report=False)
    at, shown = copy.subject_index(shop.size, [subject])
    assert at == shop.index_at + 1
    assert shown.heads is not None
    return shown.heads


def test_without_an_auditor_it_rests_on_the_log_s_word() -> None:
    shop = Shop()

    for found in (
        shop.judge(shop.page(), auditors=()),
        Shop(report=False).judge(Shop(report=False).page()),
    ):
        assert found.overall is Overall.LOG_ONLY
        assert found.exit_code == 3
        assert found.check("completeness").state is State.PENDING
        assert "according to the log" in found.check("completeness").en
        assert "operator's word" in found.summary()[0]


def test_an_auditor_who_could_not_reproduce_the_index_is_told_of() -> None:
    shop = Shop()
    shop.report("not-reproduced")

    found = shop.judge(shop.page())

    assert found.overall is Overall.LOG_ONLY
    assert "could not reproduce" in found.check("completeness").en


def test_neither_anchor_nor_witness_leaves_it_to_the_log() -> None:
    shop = Shop()

    assert shop.judge(shop.page(), quorum=False).overall is Overall.LOG_ONLY


def test_what_came_after_the_index_is_shown_to_stand_in_the_log_or_not_said_to() -> None:
    shop = Shop()
    shop.forge("order", SCHOOL, {}, subjects=(SCHOOL, SUPPLIER))
    page = shop.page()

    assert shop.judge(page).overall is Overall.VERIFIED
    assert shop.judge(page).size == shop.size
    page["completeness"]["others"].pop()
    found = shop.judge(page)

    assert found.overall is Overall.LOG_ONLY
    assert found.check("inclusion").state is State.NOT_CHECKED
    assert "Numbers 5 to 5" in found.check("inclusion").en


def test_a_page_of_an_earlier_release_shows_no_genesis_and_is_checked_as_far_as_it_goes() -> None:
    shop = Shop()
    page = shop.page()
    del page["completeness"]["others"], page["completeness"]["anchors"]

    found = shop.judge(page)

    assert found.overall is Overall.LOG_ONLY
    assert found.check("completeness").state is State.PENDING


def test_without_an_index_only_the_chain_is_checked() -> None:
    shop = Shop()
    page = {**shop.page(), "completeness": None}

    assert shop.judge(page).overall is Overall.LOG_ONLY
    assert said(shop.judge(page))["completeness"] == "not-checked"
    assert said(shop.judge(page))["chain"] == "pass"


def test_what_only_some_may_see_is_never_said_to_be_all() -> None:
    shop = Shop()
    page = {**shop.page(), "completeness": None, "complete": False, "head": None}
    del page["entries"][1]

    found = shop.judge(page)

    assert found.overall is Overall.LOG_ONLY
    assert found.check("chain").state is State.NOT_CHECKED
    move(page)
    assert shop.judge(page).check("chain").state is State.FAIL


def test_a_log_that_the_policy_does_not_name_is_not_identified() -> None:
    shop = Shop()
    read = [history_pages.parse(json.dumps(shop.page()).encode())]

    assert history.verify(read, None).overall is Overall.UNIDENTIFIED
    found = shop.judge(shop.page(), genesis=bytes(32))
    assert found.overall is Overall.FAILED
    assert found.check("entry-form").state is State.FAIL


def test_two_signed_states_of_one_size_are_proof_of_fraud() -> None:
    shop, fork = Shop(), Shop(report=False)
    fork.forge("order", SCHOOL, {}, subjects=(SCHOOL, OTHER))

    found = shop.judge(shop.page(), fork.page())

    assert found.check("checkpoint-signature").state is State.FAIL
    assert "two states of one size" in found.check("checkpoint-signature").en


def test_pages_of_two_subjects_are_no_history() -> None:
    shop = Shop()
    with pytest.raises(MalformedError, match="several histories"):
        shop.judge(shop.page(), shop.page(subject=OTHER))


@pytest.mark.parametrize(
    "change",
    [
        {"cursor": 7},
        {"entries": [7]},
        {"entries": [{"index": 1}]},
        {"entries": [{"index": -1, "entry": ""}]},
        {"entries": [{"index": True, "entry": ""}]},
        {"complete": None},
        {"head": {}},
        {"head": {"seq": 0, "index": 0, "leaf_hash": ""}},
        {"head": {"seq": 1, "index": 0, "leaf_hash": "AA" * 32}},
        {"completeness": {}},
        {"subject": "nonsense"},
        {"more": 1},
    ],
)
def test_what_is_no_page_is_no_verdict(change: Json) -> None:
    page = {**Shop().page(), **change}
    data = json.dumps(page).encode()

    assert history_pages.is_history(data)
    with pytest.raises(MalformedError):
        history_pages.parse(data)


def test_other_files_are_not_taken_for_histories() -> None:
    scene = Scene()
    at = scene.append("order", SCHOOL, {}, subjects=(SCHOOL,))

    assert not history_pages.is_history(scene.bundle(at))
    assert not history_pages.is_history(b"[]")
