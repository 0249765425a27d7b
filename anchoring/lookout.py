"""What the chain shows of one log's anchors, held against the log before anything rests on it."""

from dataclasses import dataclass

from anchoring import contract, policy
from anchoring.chain import Block, Chain
from anchoring.contract import ContractHead
from anchoring.policy import AnchoringPolicy
from anchoring.store import LogReader
from ledger.anchor import AnchorTarget, log_id
from ledger.errors import ConflictError, UnavailableError


@dataclass(frozen=True, slots=True)
class View:
    """The chain at one moment, as far as all rows share it."""

    latest: Block
    final_number: int
    head: ContractHead
    nonce: int


class Lookout:
    """Reads chain and contract for one target, and checks what it reads against the log."""

    def __init__(
        self,
        chain: Chain,
        log: LogReader,
        *,
        target: AnchorTarget,
        account: str,
        rules: AnchoringPolicy,
    ) -> None:
        """`account` is the address that anchors."""
        self._chain = chain
        self._log = log
        self._target = target
        self._account = account
        self._rules = rules
        self._checked: tuple[int, bytes] | None = None

    def check_target(self) -> None:
        """Check that the node's chain and contract are those of the target.

        Raises:
            UnavailableError: they are not, or the node does not answer.
        """
        chain = self._chain.identity()
        if (chain.chain_id, chain.genesis_hash) != (
            self._target.chain_id,
            self._target.genesis_hash,
        ):
            raise UnavailableError(
                f"the node's chain {chain.chain_id} with block 0 {chain.genesis_hash} is not the"
                f" target's: {self._target.chain_id} with {self._target.genesis_hash}"
            )
        contract.check_code(self._chain, self._target)

    def look(self, latest: Block) -> View:
        """The chain as of its newest block.

        Raises:
            UnavailableError: the node does not answer.
            ConflictError: the contract holds what this log is not (see `head`).
        """
        finalized = self._chain.block("finalized")
        depth = self._rules.confirmations
        if finalized is None and depth is None:
            depth = policy.DEFAULT_DEPTH
        return View(
            latest=latest,
            final_number=policy.final_number(
                latest.number, None if finalized is None else finalized.number, depth
            ),
            head=self.head(),
            nonce=self._chain.nonce(self._account),
        )

    def head(self) -> ContractHead:
        """The contract's head, checked against the log.

        Raises:
            ConflictError: the log is another account's to anchor, was put back behind what is
                anchored, or is not the log that was anchored.
        """
        head = contract.head(self._chain, self._target.contract, self.log_id())
        if head.registered and head.operator != self._account:
            raise ConflictError(f"the log is anchored by {head.operator} now, not by this account")
        if (head.size, head.root) == self._checked or head.size == 0:
            return head
        size, _ = self._log.released_head()
        if head.size > size:
            raise ConflictError(
                f"the contract holds size {head.size}, the log has {size}: it was put back behind"
                " what is anchored, and can only go on as a successor"
            )
        if self._log.root_at(head.size) != head.root:
            raise ConflictError(
                f"the root anchored at size {head.size} is not this log's: one of them is forged"
            )
        self._checked = (head.size, head.root)
        return head

    def log_id(self) -> bytes:
        """The id under which the contract keeps this log."""
        return log_id(self._target.registrant, self._log.genesis_leaf_hash())

    def look_again(self, view: View) -> View:
        """The chain after something was done."""
        return self.look(self._chain.block("latest") or view.latest)
