"""A kitchen floor before a real service, and gateway programs that stand on it."""

from collections.abc import Iterator

import pytest
from components.kitchen_floor import Floor, open_floor


@pytest.fixture(scope="session")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """A school's gateway with its key and four scales."""
    with open_floor(tmp_path_factory.mktemp("floor")) as floor:
        yield floor
