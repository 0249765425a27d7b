"""The log's private keys, at hand in this process: what signs a new head."""

from collections.abc import Callable, Sequence

from ledger import checkpoint as checkpoints
from ledger.checkpoint import Checkpoint
from ledger.errors import MalformedError, NotFoundError, UnavailableError
from ledger.note import NoteSigner
from ledger.standing import Standing


class HeadSigner:
    """Signs checkpoints; `reread` reads the keys anew where another process may change them."""

    def __init__(
        self, signers: Sequence[NoteSigner], reread: Callable[[], Sequence[NoteSigner]] | None
    ) -> None:
        self._signers = list(signers)
        self._reread = reread

    def sign(self, standing: Standing, size: int, root: bytes) -> str:
        """The checkpoint under every key that this size asks for.

        Raises:
            UnavailableError: one of those keys is not here.
        """
        assert standing.genesis is not None
        wanted = standing.log_keys_at(size)
        signers = [signer for signer in self._signers if signer.verifier_key in wanted]
        if len(signers) != len(wanted) and self._reread is not None:
            # Another process may have changed the log's key since this one read the file.
            try:
                self._signers = list(self._reread())
            except (NotFoundError, MalformedError) as error:
                raise UnavailableError(f"the log's private keys: {error}") from error
            signers = [signer for signer in self._signers if signer.verifier_key in wanted]
        if len(signers) != len(wanted):
            raise UnavailableError("a private key of the log is missing on this process")
        return checkpoints.sign(Checkpoint(standing.genesis.origin, size, root), signers)
