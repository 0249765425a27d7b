"""Gas of `anchor` with history, at its dearest, on the embedded chain."""

import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from anchoring.embedded import EmbeddedChain

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "anchoring"), str(TESTS / "contracts")]

from rig import KEY, Rig  # noqa: E402 - found beside the tests of anchoring
from test_gas import cost, pairs  # noqa: E402 - the same measurement that the tests bound


def gas(share: float) -> dict[str, Any]:
    """The dearest `anchor` found at 10³, 10⁶ and 10⁹ entries, of a share of the pairs tried."""
    with tempfile.TemporaryDirectory(prefix="mealtrace-bench-") as folder:
        chain = EmbeddedChain(
            Path(folder) / "chain.sqlite",
            key=KEY,
            clock_ms=lambda: time.time_ns() // 1_000_000,
        )
        rig = Rig.on(chain)
        found = {}
        for size in (10**3, 10**6, 10**9):
            tried = [(old, new) for old, new in pairs(size) if 0 < old < new]
            tried = tried[: math.ceil(share * len(tried))]
            found[f"at_{size}"] = max(cost(rig, old, new).gas_used for old, new in tried)
        chain.close()
    return found
