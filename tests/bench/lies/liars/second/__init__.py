"""Ways of lying that were written after the detectors, by the same rules and without a look at them.

Kinds are those of the first ways, and so are the files.
"""

from typing import Final

from tests.bench.lies.liars.second import (
    devices,
    foreheads,
    late,
    photographs,
    readings,
    timing,
    weights,
)
from tests.bench.lies.truth import Way

WAYS: Final[tuple[Way, ...]] = (
    *foreheads.WAYS,
    *readings.WAYS,
    *photographs.WAYS,
    *weights.WAYS,
    *timing.WAYS,
    *devices.WAYS,
    *late.WAYS,
)
"""All of them."""
