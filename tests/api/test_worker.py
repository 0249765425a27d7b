"""The worker's own threads: what keeps them from their work is told, and forgotten once mended."""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from playground import embedded

from api import key_files
from api.installation import ANCHOR_KEY, open_installation
from api.metrics import Metrics
from api.worker import Worker


def test_an_anchoring_key_that_is_none_is_trouble_until_it_is_put_right(
    settled: Callable[[Path], dict[str, str]], tmp_path: Path
) -> None:
    settled(tmp_path)
    settings = embedded(tmp_path)
    key = settings.keys_dir / ANCHOR_KEY
    right = key_files.read_text(key)
    metrics = Metrics()
    with closing(open_installation(settings)) as opened:
        key_files.replace(key, "0" * 64)
        worker = Worker(opened, metrics=metrics)
        worker.start()
        try:
            wait_until(lambda: metrics.anchoring_trouble is True)
            key_files.replace(key, right)
            wait_until(lambda: metrics.anchoring_trouble is False)
        finally:
            worker.stop()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
