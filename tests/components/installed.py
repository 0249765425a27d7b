"""What a test does where a component is not on this machine."""

import contextlib
import os
from collections.abc import Iterator

import pytest

from components.process import MissingComponentError


@contextlib.contextmanager
def installed() -> Iterator[None]:
    """Within, a component that is missing skips the test, and says what installs it; in CI it fails."""
    try:
        yield
    except MissingComponentError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
