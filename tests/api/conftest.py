"""The playground's fixtures; what tests share besides is imported from it by name."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent))

from playground import Running, embedded, serving, settle


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded home with everybody registered; copied, never used itself."""
    home = tmp_path_factory.mktemp("template")
    (home / "tokens.json").write_text(json.dumps(settle(embedded(home))))
    return home


@pytest.fixture(scope="session")
def settled(template: Path) -> Callable[[Path], dict[str, str]]:
    """Copies the template into a home; the tokens."""

    def copy_to(home: Path) -> dict[str, str]:
        shutil.copytree(template, home, dirs_exist_ok=True)
        return dict(json.loads((home / "tokens.json").read_text()))

    return copy_to


@pytest.fixture(scope="module")
def running(
    settled: Callable[[Path], dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """One service for a module's tests: they take ids and documents of their own."""
    home = tmp_path_factory.mktemp("home")
    tokens = settled(home)
    with serving(embedded(home, metrics_port=0), tokens) as service:
        yield service
