"""What keeps one client from taking everything: rates, free disk, work at once."""

import math
import shutil
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.batcher import busy
from api.errors import ProblemError

CUT_OFF_S: Final = 2.0
"""Seconds without a word from the other processes after which each keeps to its part."""

_FORGET_ABOVE: Final = 50_000
_TOLD_PART: Final = 16
_TOLD_FOR_S: Final = 60.0
_DISK_EVERY_S: Final = 1.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float
    per_s: float


@dataclass(slots=True)
class _Told:
    count: int
    at_s: float


class RateLimit:
    """Token buckets by name; the least recently used are forgotten first.

    Several processes serve one log and share each name's rate R. Nobody is asked before a request
    is let through: every process counts by itself, tells its running counts to the others a few
    times a second (`tell`), and takes what it hears from them out of its own buckets, which may
    fall below empty for it (`hear`). With n processes that exchange counts every d seconds:

    - over a time T all let through at most R·T·17/16 + R·(1 + (n - 1)·d), and at least one each;
    - a sixteenth is what names that ask seldom may use without being told of, so that hundreds of
      devices far below their rates cost no exchange at all;
    - a process that heard nothing for `CUT_OFF_S` (the database is away) goes on with its part,
      R/n for the n it knew last: the sum stays R, and nobody is turned away altogether.

    Attributes:
        refused: refusals by kind of name, `token` or `address`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds and never goes backwards."""
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._used: defaultdict[str, int] = defaultdict(int)
        self._told: dict[str, _Told] = {}
        self._told_at_s = clock()
        self._heard: Mapping[str, Mapping[str, int]] = {}
        self._heard_at_s = float("-inf")
        self.refused: defaultdict[str, int] = defaultdict(int)

    @property
    def others(self) -> int:
        """Other processes that serve the same log, as heard last."""
        return len(self._heard)

    def take(self, name: str, per_s: float, *, kind: str = "token") -> None:
        """Count one request of `name`, which may make `per_s` a second; refusals count by `kind`.

        Raises:
            ProblemError: `too-many-requests`.
        """
        now_s = self._clock()
        depth, fill_per_s = per_s, per_s
        if self._heard:
            depth /= 1 + self.others
            if now_s - self._heard_at_s > CUT_OFF_S:
                fill_per_s = depth
        depth = max(1.0, depth)
        bucket = self._buckets.get(name)
        if bucket is None:
            if len(self._buckets) >= _FORGET_ABOVE:
                self._buckets.popitem(last=False)
            bucket = self._buckets[name] = _Bucket(depth, now_s, per_s)
        else:
            self._buckets.move_to_end(name)
            bucket.tokens = min(depth, bucket.tokens + (now_s - bucket.at_s) * fill_per_s)
            bucket.at_s, bucket.per_s = now_s, per_s
        if bucket.tokens < 1.0:
            self.refused[kind] += 1
            wait_s = math.ceil((1.0 - bucket.tokens) / fill_per_s)
            raise busy("this client asks too often", "该客户端请求过于频繁", least_s=wait_s)
        bucket.tokens -= 1.0
        self._used[name] += 1

    def tell(self) -> dict[str, int]:
        """Running counts, by name, of those who ask often enough to matter to other processes."""
        now_s = self._clock()
        passed_s, self._told_at_s = now_s - self._told_at_s, now_s
        used, self._used = self._used, defaultdict(int)
        for name, count in used.items():
            bucket = self._buckets.get(name)
            if bucket is None or count * _TOLD_PART * (1 + self.others) < bucket.per_s * passed_s:
                continue
            told = self._told.setdefault(name, _Told(0, now_s))
            told.count += count
            told.at_s = now_s
        self._told = {
            name: told for name, told in self._told.items() if now_s - told.at_s < _TOLD_FOR_S
        }
        return {name: told.count for name, told in self._told.items()}

    def hear(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Take into account what the other processes tell, by process and name.

        What was counted before this process listened, or while it could not, is not held against
        anybody: then each had its part only.
        """
        now_s = self._clock()
        if now_s - self._heard_at_s <= CUT_OFF_S:
            for process, told in counts.items():
                before = self._heard.get(process, {})
                for name, count in told.items():
                    self._charge(name, count, before.get(name, 0))
        self._heard, self._heard_at_s = counts, now_s

    def _charge(self, name: str, count: int, before: int) -> None:
        bucket = self._buckets.get(name)
        if bucket is not None:
            # A count smaller than before began again at zero.
            bucket.tokens -= count - before if count >= before else count


class DiskGuard:
    """Refuses to take anything more before the disk is full, when there is still room to finish."""

    def __init__(
        self,
        folder: Path,
        reserve_bytes: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        """`folder` must exist; `free` tells its free bytes."""
        self._folder = folder
        self._reserve_bytes = reserve_bytes
        self._clock = clock
        self._free = free
        self._read_at_s = float("-inf")
        self._free_bytes = 0

    @property
    def free_bytes(self) -> int:
        """Free bytes, at most a second old."""
        now_s = self._clock()
        if now_s - self._read_at_s >= _DISK_EVERY_S:
            self._free_bytes = self._free(self._folder)
            self._read_at_s = now_s
        return self._free_bytes

    @property
    def full(self) -> bool:
        """Whether nothing more is taken."""
        return self.free_bytes < self._reserve_bytes

    def check(self) -> None:
        """Raise where the disk is full.

        Raises:
            ProblemError: `storage-full`.
        """
        if self.full:
            raise ProblemError(
                "storage-full",
                "the disk is nearly full; nothing was stored, tell whoever runs the service",
                "磁盘空间即将用尽，未写入任何内容，请联系服务运营方",
            )
