"""An audit over HTTP: as far as open data, or a token with `log:read`, reach (points 1, 2, 5, 6).

Without rights to the entries, hash tiles are rebuilt into the root that the checkpoint signs
(point 2 and the hash-tile part of 1).
"""

import time
from collections.abc import Callable, Sequence

import httpx

from api.audit.report import Report
from ledger import checkpoint, ed25519, entry_bundle, tile
from ledger import policy as policies
from ledger.audit.findings import Finding
from ledger.audit.log import LogAudit
from ledger.audit.tree import TreeAudit
from ledger.errors import LedgerError, MalformedError, NotFoundError, UnavailableError
from ledger.merkle import HASH_SIZE
from ledger.tile import TILE_WIDTH

Progress = Callable[[int, int], None]


class RemoteLog:
    """`LogSource` over a service's tlog-tiles addresses, as of one checkpoint."""

    def __init__(self, url: str, token: str | None) -> None:
        """Nothing is fetched yet; `url` is the log's prefix."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=30)
        self.size = 0
        self._kept: tuple[int, Sequence[bytes]] = (-1, ())

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def text(self, path: str) -> str:
        """A small text answer."""
        return self._get(path).text

    def may_read_entries(self) -> bool:
        """Whether entry bundles are given to whoever asks as we do."""
        width = min(self.size, TILE_WIDTH)
        answer = self._answer("/" + _bundle_path(0, width))
        return answer.status_code == httpx.codes.OK

    def hashes(self, level: int, index: int, width: int) -> bytes:
        """A hash tile."""
        data = self._get("/" + tile.path(level, index, width)).content
        if len(data) != width * HASH_SIZE:
            raise MalformedError(f"a tile of {len(data)} bytes where {width} hashes belong")
        return data

    def entries(self, start: int, end: int) -> Sequence[bytes]:
        """Entry bytes of one bundle, or of one entry of it; the bundle read last is kept.

        A subject index is recomputed from the entries above its size, read one by one.
        """
        index = start // TILE_WIDTH
        if index != self._kept[0]:
            width = min(self.size - index * TILE_WIDTH, TILE_WIDTH)
            data = self._get("/" + _bundle_path(index, width)).content
            self._kept = (index, entry_bundle.parse(data, width))
        first = index * TILE_WIDTH
        return self._kept[1][start - first : end - first]

    def _get(self, path: str) -> httpx.Response:
        answer = self._answer(path)
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise NotFoundError(f"{path} is not served")
        if answer.status_code != httpx.codes.OK:
            raise UnavailableError(f"{path} answered {answer.status_code}")
        return answer

    def _answer(self, path: str) -> httpx.Response:
        try:
            return self._http.get(path)
        except httpx.HTTPError as error:
            raise UnavailableError(f"{path}: {type(error).__name__}: {error}") from error


def audit(
    url: str,
    *,
    token: str | None,
    policy: bytes | None,
    progress: Progress = lambda _done, _all: None,
) -> Report:
    """Audit a log over HTTP.

    Args:
        url: the service.
        token: one with `log:read`, or None.
        policy: the auditor's own policy, or None to take the service's word for its key.
        progress: told after each tile.

    Raises:
        LedgerError: the service does not answer, or its policy cannot be read.
    """
    started = time.perf_counter()
    source = RemoteLog(url, token)
    report = Report(url)
    try:
        if policy is None:
            policy = source.text("/v1/trust").encode()
            report.notes.append(
                (
                    "no policy was given: the log's key is the one that the service itself names; "
                    "compare its fingerprint with the printed one: " + policies.fingerprint(policy),
                    "未提供策略：所用密钥为服务自称的密钥；请与纸面指纹核对："
                    + policies.fingerprint(policy),
                )
            )
        _run(source, policies.parse(policy), report, progress)
    finally:
        source.close()
    report.seconds = time.perf_counter() - started
    return report


def _run(source: RemoteLog, policy: policies.Policy, report: Report, progress: Progress) -> None:
    note = source.text("/checkpoint")
    try:
        head = checkpoint.open(note, [log.key for log in policy.logs])
    except LedgerError as error:
        report.points = (1,)
        report.add(
            Finding(
                1,
                "checkpoint",
                f"no key of the policy signed the checkpoint: {error}",
                f"检查点未由策略中的密钥签名：{error}",
            )
        )
        return
    source.size = report.size = head.size
    report.root = head.root.hex()
    report.count("checkpoints")
    if source.may_read_entries():
        _with_entries(source, note, head, report, progress)
    else:
        _tiles_only(source, head, report, progress)


def _with_entries(
    source: RemoteLog,
    note: str,
    head: checkpoint.Checkpoint,
    report: Report,
    progress: Progress,
) -> None:
    report.points = (1, 2, 5, 6)
    log = LogAudit(source, [(head.size, note)])
    while log.size < head.size:
        for finding in log.step():
            report.add(finding)
        for task in log.take_signatures():
            report.count("signatures")
            try:
                ed25519.verify(task.public_key, task.signature, task.message)
            except LedgerError as error:
                report.add(
                    Finding(
                        6,
                        f"entry {task.index}",
                        f"the issuer's signature does not hold: {error}",
                        f"签发者的签名不成立：{error}",
                    )
                )
        progress(log.size, head.size)
    for finding in log.finish():
        report.add(finding)
    report.count("entries", log.size)
    report.count("tiles", log.tree.tiles_checked)
    report.count("subjects", len(log.replay.heads))
    report.indexes = log.indexes


def _tiles_only(
    source: RemoteLog, head: checkpoint.Checkpoint, report: Report, progress: Progress
) -> None:
    report.points = (1, 2)
    report.notes.append(
        (
            "entries are restricted: hash tiles were rebuilt into the signed root, entries not read",
            "条目受限：仅用哈希瓦片重建了签名的根，未读取条目",
        )
    )
    tree = TreeAudit(source, [head])
    while tree.size < head.size:
        width = min(TILE_WIDTH, head.size - tree.size)
        joined = source.hashes(0, tree.size // TILE_WIDTH, width)
        leaves = [joined[at : at + HASH_SIZE] for at in range(0, len(joined), HASH_SIZE)]
        for finding in tree.add(leaves):
            report.add(finding)
        progress(tree.size, head.size)
    for finding in tree.finish():
        report.add(finding)
    report.count("tiles", tree.tiles_checked)


def _bundle_path(index: int, width: int) -> str:
    return entry_bundle.path(index, width)
