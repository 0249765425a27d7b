"""Tables of gateway.toml as the pages show them, made into drivers."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from components.pages import LANGUAGES
from components.process import ROOT

from devices.gateway.config import parse
from devices.gateway.drivers import Site, make

pytestmark = pytest.mark.devices

PAGES = ROOT / "docs" / "devices"
BLOCK = re.compile(r"```toml\n(.*?)```", re.DOTALL)
GATEWAY = (
    '[gateway]\nurl = "http://127.0.0.1:1"\nparty = "gateway:s0001"\nschool = "school:2105020001"\n'
)
LEFT_OUT = re.compile(r'(?m)^(models|tls_\w+|host = "192\.168\.1\.2").*\n')


@pytest.mark.parametrize("suffix", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("scales", "scale"),
        ("cabinet", "cabinet"),
        ("terminal", "terminal"),
        ("inspection", "camera"),
    ],
)
def test_a_table_of_the_page_makes_a_driver(
    tmp_path: Path, page: str, kind: str, suffix: str
) -> None:
    text = (PAGES / f"{page}{suffix}.md").read_text("utf-8")
    shown = next(block for block in BLOCK.findall(text) if block.startswith(f"[[{kind}]]"))
    shown = LEFT_OUT.sub("", shown).replace('"…"', '"a-secret-of-sixteen-and-more"')
    config = parse((GATEWAY + shown).encode(), "gateway.toml", tmp_path)
    site = Site(config.party, config.school, config.folder, config.beside)
    ((found, table),) = config.devices

    assert found == kind
    driver = make(kind, table, site)
    assert driver.device == tomllib.loads(shown)[kind][0]["device"]
    assert driver.status()


@pytest.mark.parametrize(
    ("kind", "package", "shown"),
    [
        ("scale", "serial", 'port = "/dev/none"\ncalibration = "01912d3a-7c00-7a62-a7b8-000000000040"'),
        ("scale", "cv2", 'port = "/dev/none"\ncalibration = "01912d3a-7c00-7a62-a7b8-000000000040"'),
        ("cabinet", "pymodbus", 'transport = "modbus-tcp"\nhost = "h"'),
        ("cabinet", "paho", 'transport = "mqtt"\nmqtt = { host = "h" }'),
        ("camera", "cv2", 'source = "usb:0"\nmotion = {}'),
    ],
)  # fmt: skip
def test_a_driver_without_its_package_says_how_to_get_it(
    tmp_path: Path, kind: str, package: str, shown: str
) -> None:
    device = "camera:s0001-1" if kind == "camera" else "device:s0001-1"
    (tmp_path / "gateway.toml").write_text(
        f'{GATEWAY}[[{kind}]]\ndevice = "{device}"\ncanteen = "canteen:2105020001~01"\n{shown}\n'
    )
    code = (
        "import sys\n"
        f"sys.modules[{package!r}] = None\n"
        "from pathlib import Path\n"
        "from devices.gateway.config import load\n"
        "from devices.gateway.drivers import Site, make\n"
        "config = load(Path(sys.argv[1]))\n"
        "try: make(*config.devices[0], Site(config.party, config.school, config.folder))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "gateway.toml")],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip

    assert done.stdout.startswith("MalformedError"), done.stderr
    assert "pip install 'mealtrace[devices]'" in done.stdout
    assert f"gateway.toml.{kind} 1" in done.stdout
