"""One service for the tests of a file."""

from collections.abc import Iterator

import pytest
from components.stage import Stage, open_stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("service")) as running:
        yield running
