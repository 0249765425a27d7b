"""The fixtures of the webhooks' tests; what they share besides is imported from `subscribers`."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent))

from subscribers import World, a_world


@pytest.fixture(scope="module")
def _service(
    settled: Callable[[Path], dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    home = tmp_path_factory.mktemp("hooks")
    with a_world(home, settled(home)) as made:
        yield made


@pytest.fixture
def world(_service: World) -> Iterator[World]:
    """A module's service, without webhooks; nothing is sent by itself."""
    yield _service
    for one in _service.opened.store.webhooks.all():
        _service.opened.store.webhooks.remove(one.id)
