"""Commands as an operator runs them, over a home of their own; in this process, to be quick."""

import logging
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli.main import main
from api.founding import found
from api.settings import Settings

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


@pytest.fixture
def mealtrace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Run:
    """`mealtrace("tokens", "list", LANG="zh_CN")`: exit code, output and errors of a command."""

    def run(*arguments: str, **environment: str) -> Done:
        root = logging.getLogger()
        handlers, level = list(root.handlers), root.level
        capfdbinary.readouterr()
        with monkeypatch.context() as patch:
            for name in Settings.model_fields:
                patch.delenv(f"MEALTRACE_{name.upper()}", raising=False)
            for name, value in {
                "MEALTRACE_HOME": str(tmp_path / "home"),
                "LANG": "C.UTF-8",
                "LC_ALL": "",
                "COLUMNS": "200",
                **environment,
            }.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main(arguments)
        root.handlers[:], root.level = handlers, level
        shown = capfdbinary.readouterr()
        assert b"Traceback" not in shown.err, shown.err
        code = ended.value.code
        return subprocess.CompletedProcess(
            arguments, code if isinstance(code, int) else 0, shown.out.decode(), shown.err.decode()
        )

    return run


@pytest.fixture(scope="session")
def founded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded home; copied, never used itself."""
    home = tmp_path_factory.mktemp("founded")
    found(Settings(home=home)).close()
    return home


@pytest.fixture
def founded(founded_home: Path, tmp_path: Path) -> Path:
    """A home with a log of size 1 where `mealtrace` looks for it."""
    shutil.copytree(founded_home, tmp_path / "home")
    return tmp_path / "home"
