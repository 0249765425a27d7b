"""Work that makes many objects and no cycles: looking for cycles among them is put off until its end."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection within; of what has no cycles nothing is left behind by that.

    Records of the log and what oversight remembers of them are such. Looking for cycles took a third
    of the time in which oversight is derived from a log of 100,000 records.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
