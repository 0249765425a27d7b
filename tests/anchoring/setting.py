"""A log, a store and a contract that outlive the processes which anchor."""

from typing import Any, cast

from rig import KEY, Clock, HookedChain, Rig, TreeLog

from anchoring import contract
from anchoring.chain import Chain
from anchoring.loop import Anchoring, AnchoringReport
from anchoring.memory_store import MemoryAnchorStore
from anchoring.policy import AnchoringPolicy
from ledger.anchor_progress import AnchorProgress

RULES = AnchoringPolicy(every_records=10, every_s=60, least_s=0)


class Setting:
    """One log, one store, one contract; processes come and go."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.chain = HookedChain(rig.chain)
        self.store = MemoryAnchorStore()
        self.log = TreeLog()
        self.clock = Clock()

    def process(self, holder: str = "one", **changes: Any) -> Anchoring:
        parts: dict[str, Any] = {
            "target": self.rig.target, "key": KEY, "clock_ms": self.clock, "rules": RULES,
            "holder": holder,
        }  # fmt: skip
        chain = cast("Chain", self.chain)
        return Anchoring(chain, self.store, self.log, **{**parts, **changes})

    def states(self) -> dict[int, str]:
        rows = [
            self.store.anchor(self.rig.target, size) for size in range(len(self.log.leaves) + 1)
        ]
        return {row.size: row.state.value for row in rows if row is not None}

    def row(self, size: int) -> AnchorProgress:
        row = self.store.anchor(self.rig.target, size)
        assert row is not None
        return row

    def anchored(self) -> list[int]:
        """Sizes of all `Anchored` events of the log, in the order of the chain."""
        lid = self.rig.log_id(self.log.genesis_leaf_hash())
        topics = [contract.event_topic("Anchored"), lid]
        events = self.rig.chain.logs(self.rig.target.contract, topics, 0, 10**9)
        return [int.from_bytes(event.topics[2], "big") for event in events]

    def head(self) -> tuple[object, ...]:
        return self.rig.read("head", self.rig.log_id(self.log.genesis_leaf_hash()))


def calm(report: AnchoringReport) -> AnchoringReport:
    assert report.trouble == ""
    return report
