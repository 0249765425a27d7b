"""Eclipse mosquitto, an MQTT broker, on a loopback port of its own; it keeps nothing on disk."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from components.process import Process, accepts_connections, find_program, free_port


@contextlib.contextmanager
def mosquitto(port: int | None = None) -> Iterator[int]:
    """Its port."""
    program = find_program("mosquitto", "apt-get install mosquitto", Path("/usr/sbin"))
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="mealtrace-mosquitto-") as scratch:
        config = Path(scratch) / "mosquitto.conf"
        config.write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest stdout\n"
        )
        Path(scratch).chmod(0o755)
        with Process([program, "-c", config], log=Path(scratch) / "log") as process:
            process.wait_until(lambda: accepts_connections(port))
            yield port
