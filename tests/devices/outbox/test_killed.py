"""kill -9 at any moment: what was kept is there, arrives, and arrives once."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from components.kitchen_floor import GATEWAY, SCALES, Floor
from components.process import ROOT

from devices.outbox import Outbox, Pace

KILLS = 12
SCALE = SCALES[2]
FIRST = 200_000


@pytest.mark.slow
def test_killed_at_any_moment_it_loses_nothing_and_says_nothing_twice(
    floor: Floor, tmp_path: Path
) -> None:
    folder, key_file = tmp_path / "outbox", tmp_path / "gateway.pem"
    floor.key.save(key_file)
    outbox = Outbox(folder, party=GATEWAY, policy=floor.log.policy, key=floor.key)
    outbox.count_from(SCALE, FIRST)
    outbox.close()
    chance = random.Random(time.time_ns())
    kept: list[int] = []
    for _ in range(KILLS):
        kept += _run_and_kill(folder, key_file, floor, chance.uniform(0.0, 0.5))
    left = Outbox(folder, party=GATEWAY, key=floor.key)
    with left.sending(floor.service.url, floor.token, pace=Pace(records_per_s=1e6)):
        deadline = time.monotonic() + 60
        while left.state().waiting:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    counters = [number for _, number in floor.logged(subject=SCALE) if number >= FIRST]

    assert left.parked() == []
    assert kept == sorted(set(kept)), "a counter was given twice"
    assert counters == sorted(set(counters)), "out of order, or twice"
    assert set(kept) <= set(counters), "kept, and lost"
    # At most the one being kept when the process died is logged and was not told of.
    assert len(counters) - len(kept) <= KILLS
    assert len(list(left.receipts())) == len(counters)
    left.close()


def _run_and_kill(folder: Path, key_file: Path, floor: Floor, after_s: float) -> list[int]:
    program = Path(__file__).with_name("weigher.py")
    child = subprocess.Popen(
        [
            sys.executable, str(program), str(folder), GATEWAY, str(key_file), floor.service.url,
            floor.token, SCALE,
        ],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT}"},
    )  # fmt: skip
    assert child.stdout is not None
    first = child.stdout.readline()
    assert first, "it did not start"
    time.sleep(after_s)
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().splitlines()
    child.wait()
    child.stdout.close()
    # The last line may have been cut in the middle of being written.
    return [int(line) for line in [first, *rest]]
