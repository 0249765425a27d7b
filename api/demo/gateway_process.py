"""`mealtrace-gateway run`, on a clock that stands at the demo's day: what the demo starts and kills.

    python -m api.demo.gateway_process gateway.toml 86400000

The program is the product's own, whole and unchanged. Only the clock that its records have their times
from is so many milliseconds behind: the day that the demo plays is yesterday's.
"""

import sys
from pathlib import Path

from devices.gateway.cli.run import drive
from devices.gateway.config import load
from devices.gateway.drivers import now_ms


def main(config: Path, behind_ms: int) -> None:
    """Drive the devices until told to stop."""
    drive(load(config), clock=lambda: now_ms() - behind_ms)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
