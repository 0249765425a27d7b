"""A chain in a file (being filled in)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any


class EmbeddedChain:
    """Implements `anchoring.chain.Chain`; made at first use, and instantly final."""

    def __init__(self, path: Path, *, key: bytes, clock_ms: Callable[[], int]) -> None:
        """`key` is the anchoring key: genesis funds its account."""
        raise NotImplementedError

    def handle(self, method: str, params: list[Any]) -> Any:
        """The result of a read-only JSON-RPC call, for POST /v1/chain.

        Raises:
            anchoring.json_rpc.RpcError: has `code` and `message` for the answer's `error`.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the file."""
        raise NotImplementedError
