"""Outbox and gateway need the core's packages only, and a command imports only what it needs."""

import subprocess
import sys
from pathlib import Path

import pytest

import devices.gateway
import devices.outbox
from devices.gateway.drivers import EXTRA
from devices.gateway.main import COMMANDS

FOLDERS = [Path(str(module.__file__)).parent for module in (devices.gateway, devices.outbox)]
MODULES = [
    ".".join(("devices", folder.name, *path.relative_to(folder).with_suffix("").parts))
    for folder in FOLDERS
    for path in sorted(folder.rglob("*.py"))
    if path.name != "__init__.py"
]


def test_nothing_of_the_extra_devices_is_needed() -> None:
    code = (
        "import sys, importlib\n"
        f"for name in {sorted(EXTRA)}: sys.modules[name] = None\n"
        f"for name in {MODULES}: importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr == ""


@pytest.mark.parametrize("locale", ["C.UTF-8", "zh_CN.UTF-8"])
def test_help_knows_every_command_without_importing_it(locale: str) -> None:
    code = (
        "import sys\n"
        "from devices.gateway.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "assert not [n for n in sys.modules if n.startswith(('devices.gateway.cli.run', 'httpx'))]\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"LC_ALL": locale, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    for name, (_, english, chinese) in COMMANDS.items():
        assert name in done.stdout
        assert (chinese if locale.startswith("zh") else english) in done.stdout
