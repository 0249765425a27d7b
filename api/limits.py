"""What keeps one client from taking everything: rates, free disk, work at once."""

import shutil
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.batcher import busy
from api.errors import ProblemError

_FORGET_ABOVE: Final = 50_000
_DISK_EVERY_S: Final = 1.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float


class RateLimit:
    """Token buckets by name, one second deep; the least recently used are forgotten first.

    Counted in this process: several behind a balancer allow so many times the rate.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds and never goes backwards."""
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, name: str, per_s: float) -> None:
        """Count one request of `name`, which may make `per_s` a second.

        Raises:
            ProblemError: `too-many-requests`.
        """
        now_s = self._clock()
        depth = max(1.0, per_s)
        bucket = self._buckets.get(name)
        if bucket is None:
            if len(self._buckets) >= _FORGET_ABOVE:
                self._buckets.popitem(last=False)
            bucket = self._buckets[name] = _Bucket(depth, now_s)
        else:
            self._buckets.move_to_end(name)
            bucket.tokens = min(depth, bucket.tokens + (now_s - bucket.at_s) * per_s)
            bucket.at_s = now_s
        if bucket.tokens < 1.0:
            raise busy("this client asks too often", "该客户端请求过于频繁")
        bucket.tokens -= 1.0


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
