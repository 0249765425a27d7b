"""Saved histories: is this all that the log says about a subject (API.md, FORMATS §1)?

The pages' entries form a chain of hashes from number 1 on. A subject index of the log names the
chain's last entry below its size, or shows by its neighbours that there is none; an auditor whom
the policy trusts has recomputed it, or it is the log's own word. So seven checks: the form of the
entries, the chain, and then of the index what a bundle's checks say of a record.

`verified` needs all of it: a chain without a gap, an index that ends it, an auditor who recomputed
the index, and an anchor or witnesses that carry the checkpoint. As of the index's size: what came
later links back to it, and is shown to stand in the log, not to be all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.anchor import ChainFacts
from ledger.canonical import JsonValue
from ledger.errors import LedgerError, MalformedError, VerificationError
from ledger.policy import Policy
from ledger.verdict import Check, Overall, State, Verdict
from ledger.verification import (
    anchor,
    checkpoint_signature,
    completeness,
    cosignatures,
    entry_form,
    history_pages,
    history_proof,
    inclusion,
)
from ledger.verification.history_pages import Link, Page
from ledger.verification.history_proof import Judged, judge
from ledger.verification.reasons import differ, reason
from ledger.verification.sentences import say, told

CHAIN: Final = "chain"
"""Name of the check that the entries are linked without a gap."""

CHECKS: Final = (entry_form.NAME, CHAIN, *history_proof.CHECKS)
"""Names of the checks, in their order."""

_SUMMARY: Final = {
    Overall.VERIFIED: (
        "Verified: nothing that the first {size} entries of the log say about {subject} was left out.",
        "验证通过：账本前 {size} 条中关于 {subject} 的条目没有任何遗漏。",
    ),
    Overall.LOG_ONLY: (
        "Log only: what was checked holds, but that nothing was left out rests on the operator's word; the checks that did not pass say why.",
        "仅凭账本：已检查的内容成立，但“没有遗漏”只依据运营方一面之词；未通过的检查说明了原因。",
    ),
}
_NO_PROOF: Final = (
    "The file shows no index of subjects: none covers the history yet, or its reader may not see all of it.",
    "文件没有出示主体索引：尚无索引覆盖该历史，或读取者无权查看全部。",
)


@dataclass(frozen=True, slots=True)
class HistoryVerdict(Verdict):
    """The answer to the pages of a history under a policy; `checks` are those of `CHECKS`.

    Attributes:
        subject: whose history it is.
        entries: how many of its entries are shown.
        size: entries of the log up to which the index speaks, None without one.
    """

    subject: str
    entries: int
    size: int | None

    def summary(self) -> tuple[str, str]:
        """The verdict in one sentence, in English and Chinese."""
        if self.overall not in _SUMMARY:
            return Verdict.summary(self)
        en, zh = _SUMMARY[self.overall]
        values = {"size": self.size, "subject": self.subject}
        return en.format(**values), zh.format(**values)

    def to_json(self) -> dict[str, JsonValue]:
        """As of any verdict, with `subject`, `entries` and `size`."""
        shown = Verdict.to_json(self)
        return {**shown, "subject": self.subject, "entries": self.entries, "size": self.size}


def anchors(pages: Iterable[Page]) -> tuple[Any, ...]:
    """JSON of the anchors that the pages show: what to ask a node about."""
    return tuple(item for page in pages if page.proof is not None for item in page.proof.anchors)


def checkpoint(pages: Iterable[Page]) -> str:
    """The newest signed checkpoint that the pages show, as text.

    Raises:
        MalformedError: they show none.
    """
    shown = [page.proof for page in pages if page.proof is not None]
    if not shown:
        raise MalformedError("the history shows no checkpoint to hold against the log of today")
    return max(shown, key=lambda proof: proof.size).checkpoint


def verify(
    pages: Sequence[Page], policy: Policy | None, *, chain: ChainFacts | None = None
) -> HistoryVerdict:
    """The verdict on pages of one history, in any order.

    Args:
        pages: at least one.
        policy: the verifier's own, or None.
        chain: what a node of the verifier's choice answers about `anchors`, or None.

    Raises:
        MalformedError: they are pages of several histories.
    """
    subject = pages[0].subject
    if any(page.subject != subject for page in pages):
        raise MalformedError("the files are pages of several histories: give those of one subject")
    try:
        links = history_pages.read(pages)
    except LedgerError as error:
        form = say(entry_form.NAME, State.FAIL, "entry-form/fail-form", **reason(error))
        return _ended(form, subject, sum(len(page.items) for page in pages))
    shown = [page.proof for page in pages if page.proof is not None]
    judged = [judge(proof, subject, links, policy, chain) for proof in shown]
    best = max(judged, key=_weight, default=Judged(_unproven()))
    failed = [
        check for one in judged for check in one.checks if check.state is State.FAIL
    ] + _two_states(judged)
    made = {
        entry_form.NAME: _form(links, policy),
        CHAIN: _chain(pages, links),
        **{check.name: check for check in best.checks},
    }
    if judged and made[inclusion.NAME].state is State.PASS:
        made[inclusion.NAME] = _inclusion(links, judged, best)
    for check in reversed(failed):
        made[check.name] = check
    checks = tuple(made[name] for name in CHECKS)
    identified = _identified(links, judged, policy)
    overall, scope = _overall(checks, identified=identified)
    return HistoryVerdict(overall, scope, False, checks, subject, len(links), best.size or None)


def _form(links: Sequence[Link], policy: Policy | None) -> Check:
    """All entries are in form; are they of the policy's log?"""
    named = [] if policy is None else [line.genesis for line in policy.logs if line.genesis]
    if links and named and links[0].ledger not in named:
        return say(
            entry_form.NAME,
            State.FAIL,
            "entry-form/fail-ledger",
            **differ(named[0].hex(), links[0].ledger.hex()),
        )
    return told(
        entry_form.NAME,
        State.PASS,
        "All {count} entries are written as the log's format demands and say what stands beside them.",
        "全部 {count} 条条目均符合账本格式，与其旁边所列一致。",
        count=len(links),
    )


def _chain(pages: Sequence[Page], links: Sequence[Link]) -> Check:
    """Whether the entries are linked without a gap, up to the head that the log named."""
    whole = all(page.complete for page in pages)
    try:
        if whole:
            history_pages.follow(pages, links)
        else:
            history_pages.check_neighbours(links)
    except VerificationError as error:
        return told(
            CHAIN,
            State.FAIL,
            "The entries are not the whole chain of the subject: {reason_en}. "
            "Were all pages given? If so, ask the log again.",
            "这些条目不是该主体的完整链：{reason_zh}。是否提供了全部页面？若是，请向账本重新查询。",
            **reason(error),
        )
    if not whole:
        return told(
            CHAIN,
            State.NOT_CHECKED,
            "The file shows only those {count} entries that its reader may see.",
            "文件只显示读取者有权查看的 {count} 条条目。",
            count=len(links),
        )
    if not links:
        return told(
            CHAIN,
            State.PASS,
            "The file shows no entry, and the log named none.",
            "文件没有任何条目，账本也没有给出任何条目。",
        )
    return told(
        CHAIN,
        State.PASS,
        "Numbers 1 to {count} are there, each linked by hash to the one before it.",
        "第 1 至 {count} 条齐全，每一条都以哈希连接前一条。",
        count=len(links),
    )


def _inclusion(links: Sequence[Link], judged: Sequence[Judged], best: Judged) -> Check:
    """Whether the whole chain stands in the log: its last entry commits to all before it."""
    proven = max(one.proven for one in judged)
    count = len(links)
    assert best.case is not None
    if proven < count:
        return told(
            inclusion.NAME,
            State.NOT_CHECKED,
            "Numbers {first} to {count} came after the index, and the file does not show that they "
            "stand in the log.",
            "第 {first} 至 {count} 条晚于索引，文件没有证明它们在账本中。",
            first=proven + 1,
            count=count,
        )
    return told(
        inclusion.NAME,
        State.PASS,
        "The index and all {count} entries stand in the log, whose state at size {size} is shown.",
        "索引和全部 {count} 条条目都在账本中（所示状态为 {size} 条）。",
        count=count,
        size=best.case.checkpoint.size,
    )


def _two_states(judged: Sequence[Judged]) -> list[Check]:
    """Where two pages show two signed states of one size: that is proof of fraud."""
    roots: dict[int, bytes] = {}
    for one in judged:
        if one.case is None:
            continue
        size, root = one.case.checkpoint.size, one.case.checkpoint.root
        known = roots.setdefault(size, root)
        if known != root:
            values = {"size": size, **differ(known.hex(), root.hex())}
            key = "consistency/fail-equivocation"
            return [say(checkpoint_signature.NAME, State.FAIL, key, **values)]
    return []


def _weight(one: Judged) -> tuple[bool, int]:
    """The proof that speaks for all: one that an auditor backs, then the one that reaches furthest."""
    backed = any(c.name == completeness.NAME and c.state is State.PASS for c in one.checks)
    return backed, one.size


def _unproven() -> tuple[Check, ...]:
    """The checks from the third on where no page shows a proof."""
    return tuple(told(name, State.NOT_CHECKED, *_NO_PROOF) for name in history_proof.CHECKS)


def _ended(failed: Check, subject: str, count: int) -> HistoryVerdict:
    others = (say(name, State.NOT_CHECKED, "not-reached", name=failed.name) for name in CHECKS[1:])
    return HistoryVerdict(Overall.FAILED, (), False, (failed, *others), subject, count, None)


def _identified(links: Sequence[Link], judged: Sequence[Judged], policy: Policy | None) -> bool:
    """Whether the policy names the log: by its checkpoint, or where none is shown by its genesis."""
    if judged:
        return all(one.case is not None and one.case.identified for one in judged)
    named = () if policy is None else [line.genesis for line in policy.logs]
    return bool(links) and links[0].ledger in named


def _overall(checks: Sequence[Check], *, identified: bool) -> tuple[Overall, tuple[str, ...]]:
    states = {check.name: check.state for check in checks}
    if State.FAIL in states.values():
        return Overall.FAILED, ()
    if not identified:
        return Overall.UNIDENTIFIED, ()
    carried = {anchor.NAME: "anchor", cosignatures.NAME: "witnesses"}
    scope = tuple(word for name, word in carried.items() if states[name] is State.PASS)
    if scope and all(states[name] is State.PASS for name in CHECKS if name not in carried):
        return Overall.VERIFIED, scope
    return Overall.LOG_ONLY, ()
