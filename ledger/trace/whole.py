"""The parts of a trace (`parts.py`) held against one another: whether all of them are there.

Each is checked by itself; one at a time is in memory. That a service walked each part honestly, no
trace can show; that it is one trace, in one state of the log, and that no part of it is left out,
its parts do.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from ledger.errors import MalformedError, VerificationError
from ledger.trace import check, document
from ledger.trace.check import HOPS, Trace
from ledger.trace.document import Document
from ledger.trace.parts import FIRST
from ledger.verdict import WEAKEST_FIRST, Check, Overall, State, Verdict

PARTS: Final = "parts"
"""Name of the check that a trace in parts has on top of each part's."""


class Sequel:
    """Which part comes next; to be given every part of a trace in its order."""

    def __init__(self) -> None:
        """Before the first part."""
        self.next: str | None = FIRST
        self.size = 0
        self._first: Document | Trace | None = None

    def add(self, part: Document | Trace) -> None:
        """Take the next part.

        Raises:
            VerificationError: it is another, of another trace, or of another state of the log.
        """
        if part.part is None or part.part != self.next:
            raise VerificationError(
                f"the parts do not follow one another: after {self.size} of them comes another",
                expected=self.next or "none",
                found=part.part or "no part",
            )
        if self._first is None:
            self._first = part
        for name in ("start", "direction", "depth", "checkpoint"):
            expected, found = getattr(self._first, name), getattr(part, name)
            if expected != found:
                raise VerificationError(
                    f"{name} of part {part.part} is not that of the first",
                    expected=str(expected),
                    found=str(found),
                )
        if part.next == part.part:
            raise VerificationError(f"part {part.part} leads nowhere")
        self.size += 1
        self.next = part.next


def verify(parts: Iterable[bytes], policy_text: bytes | None) -> Verdict:
    """The verdict on a trace in parts: that of its weakest part, and whether all are there.

    Args:
        parts: the documents, in their order.
        policy_text: bytes of the verifier's own policy, or None.

    Raises:
        MalformedError: one of them or the policy cannot be read; there is no verdict.
    """
    sequel = Sequel()
    records: set[int] = set()
    verdicts: list[Verdict] = []
    hops = 0
    try:
        for read, verdict in _each(parts, policy_text):
            verdicts = [min([*verdicts, verdict], key=_strength)]
            if verdict.overall is Overall.FAILED:
                return verdict
            sequel.add(read)
            records.update(node["index"] for node in read.nodes)
            hops += len(read.edges)
    except VerificationError as error:
        broken = Check(PARTS, State.FAIL, f"{error}.", f"各分段不相衔接：{error}。")
        (weakest,) = verdicts
        return Verdict(Overall.FAILED, (), weakest.custodial, (*weakest.checks, broken))
    if not verdicts:
        raise MalformedError("a trace has at least one part")
    (weakest,) = verdicts
    checks = [one for one in weakest.checks if one.name != HOPS]
    return Verdict(
        weakest.overall,
        weakest.scope,
        weakest.custodial,
        (*checks, _hops(records, hops), _all_there(sequel)),
    )


def _each(parts: Iterable[bytes], policy_text: bytes | None) -> Iterator[tuple[Document, Verdict]]:
    for data in parts:
        yield document.parse(data), check.verify(data, policy_text)


def _strength(verdict: Verdict) -> int:
    return WEAKEST_FIRST.index(verdict.overall)


def _hops(records: set[int], hops: int) -> Check:
    return Check(
        HOPS,
        State.PASS,
        f"All {hops} hops between {len(records)} records are stated by the records themselves; "
        f"{check.LEFT_OUT[0]}.",
        f"{len(records)} 条记录之间的 {hops} 处关联均由记录自身载明；{check.LEFT_OUT[1]}。",
    )


def _all_there(sequel: Sequel) -> Check:
    if sequel.next is None:
        return Check(
            PARTS,
            State.PASS,
            f"All {sequel.size} parts are there, each in the same state of the log.",
            f"{sequel.size} 个分段齐全，均对应账本的同一状态。",
        )
    return Check(
        PARTS,
        State.NOT_CHECKED,
        f"This is not all: after {sequel.size} parts comes part={sequel.next}; ask the service "
        "for it.",
        f"内容并不完整：{sequel.size} 个分段之后还有 part={sequel.next}；请向服务索取。",
    )
