"""Processor time and memory of a process and all below it, as Linux counts them."""

import os
from collections.abc import Iterator
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> Iterator[int]:
    """The process and everything it started that still runs."""
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return
    for task in tasks:
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield from family(int(child))


def processor_s(pid: int) -> float:
    """Seconds of processor time of a family, with those of its members that ended."""
    ticks = 0
    for member in family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # utime, stime, and cutime, cstime of children that were waited for: proc(5) 14 to 17.
        ticks += sum(int(value) for value in fields[11:15])
    return ticks / _TICKS_PER_S


def peak_mib(pid: int) -> int:
    """The most memory each member ever had resident, added up."""
    return sum(_high_water_kib(member) for member in family(pid)) // 1024


def high_water_mib(pid: int) -> int:
    """The most memory one process ever had resident."""
    return _high_water_kib(pid) // 1024


def _high_water_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
