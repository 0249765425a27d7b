"""The ways of lying: each changes an honest story as somebody with a motive would.

A liar touches what he lies about and what would give him away at once (the frame of a scale, the
acceptance of a weight), and leaves all else as it was.
"""

from typing import Final

from tests.bench.lies.liars import (
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
