"""A node over JSON-RPC through web3 (being filled in)."""


class Web3Chain:
    """Implements `anchoring.chain.Chain` over HTTP."""

    def __init__(self, url: str, *, timeout_s: float = 10.0) -> None:
        """Nothing is asked of the node yet."""
        raise NotImplementedError
