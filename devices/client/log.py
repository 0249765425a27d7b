"""The log as one client knows it: the policy it trusts, and the largest head it was shown.

With both, a log that forks while the client looks on, or that rewrites what a kept receipt stood
in, is found out: heads of one size must agree, and heads of two sizes are proven consistent from
the log's public hash tiles (RFC 6962 §2.1.2, c2sp.org/tlog-tiles).
"""

from http import HTTPStatus
from typing import Final

from devices.client import files, receipt_check, trust
from devices.client.errors import ProblemError
from devices.client.exchange import MIB, Answer, Flow, Patience, Request, Work, exchange
from devices.client.receipt import Receipt
from devices.client.trust import Trust, TrustedLog
from ledger import checkpoint, proof, tile, tile_proof
from ledger.checkpoint import Checkpoint
from ledger.errors import MalformedError, VerificationError
from ledger.tile import TILE_WIDTH

_MAX_POLICY: Final = 1 * MIB


class Log:
    """What is known of the log; grows with each answer that was checked.

    Attributes:
        newest: the largest head shown so far, or None.
    """

    def __init__(self, given: Trust, patience: Patience) -> None:
        """`given` says where the policy comes from."""
        self.newest: Checkpoint | None = None
        self._given = given
        self._patience = patience
        self._trusted: TrustedLog | None = None

    def trusted(self) -> Flow[TrustedLog]:
        """The log that receipts are held against; asked for at most once.

        Raises:
            VerificationError: its policy is not the pinned one.
            MalformedError: it is no policy of one log.
        """
        if self._trusted is None:
            found = trust.read((yield from self._policy()), expected=self._given.expected)
            # Two calls may both have asked; whoever came second must have got the same.
            if self._trusted is not None and self._trusted != found:
                raise VerificationError(
                    "the service served two policies",
                    expected=self._trusted.fingerprint,
                    found=found.fingerprint,
                )
            self._trusted = found
        return self._trusted

    def _policy(self) -> Flow[bytes]:
        given = self._given
        if given.text is not None:
            return given.text
        path = given.kept_at
        if path is not None:
            kept: bytes | None = yield Work(lambda: files.read(path, largest=_MAX_POLICY))
            if kept is not None:
                return kept
        answer = yield from self._get("/v1/trust", largest=_MAX_POLICY)
        if path is not None:
            # A captive portal's page, once kept, would be refused at every start: look first.
            trust.read(answer.body, expected=given.expected)
            yield Work(lambda: files.keep(path, answer.body))
        return answer.body

    def remember(self, head: Checkpoint) -> None:
        """Take note of a head whose signature was checked.

        Raises:
            VerificationError: another one of the same size was shown before.
        """
        if self.newest is not None and self.newest.size == head.size:
            _check_equal(self.newest, head)
        elif self.newest is None or self.newest.size < head.size:
            self.newest = head

    def head(self, since: Receipt | None) -> Flow[Checkpoint]:
        """The signed head of now, proven consistent with the newest and with a kept receipt's.

        Raises:
            VerificationError: the log did not sign it, or history was rewritten.
        """
        log = yield from self.trusted()
        answer = yield from self._get("/checkpoint", largest=MIB)
        head = checkpoint.open(answer.body, log.keys)
        known = {self.newest} if self.newest is not None else set()
        if since is not None:
            known.add(receipt_check.check_logged(since, log))
        for older in known:
            yield from self._check_consistent(older, head)
        self.remember(head)
        return head

    def _check_consistent(self, one: Checkpoint, other: Checkpoint) -> Flow[None]:
        """Prove the smaller head a prefix of the larger; a cache may have served an older one."""
        old, new = sorted((one, other), key=lambda head: head.size)
        if old.size == new.size:
            _check_equal(old, new)
        elif old.size > 0:
            path = yield from self._consistency_proof(old.size, new.size)
            proof.verify_consistency(old.size, new.size, old.root, new.root, path)

    def _consistency_proof(self, old_size: int, new_size: int) -> Flow[list[bytes]]:
        tiles = _Tiles()
        while True:
            try:
                return tile_proof.consistency_proof(old_size, new_size, tiles)
            except _MissingTileError as missing:
                wanted = missing.args
            level, index, width = wanted
            tiles.known[level, index] = yield from self._tile(level, index, width)

    def _tile(self, level: int, index: int, width: int) -> Flow[bytes]:
        try:
            answer = yield from self._get("/" + tile.path(level, index, width), largest=MIB)
        except ProblemError as error:
            if error.status != HTTPStatus.NOT_FOUND or width == TILE_WIDTH:
                raise
            # A partial tile may be gone once the full one is there (tlog-tiles, Partial Tiles).
            answer = yield from self._get("/" + tile.path(level, index), largest=MIB)
        if len(answer.body) < 32 * width:
            raise MalformedError(f"a tile of {len(answer.body)} bytes where {32 * width} belong")
        return answer.body

    def _get(self, path: str, *, largest: int) -> Flow[Answer]:
        return (yield from exchange(Request("GET", path, largest_answer=largest), self._patience))


class _MissingTileError(Exception):
    """Level, index and width of a tile to be fetched before the proof can be put together."""


class _Tiles:
    """The tiles fetched so far, as a `HashReader`."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, int], bytes] = {}

    def hashes(self, level: int, tile: int, width: int) -> bytes:
        """The first `width` hashes of a tile; `_MissingTileError` where it is not here yet."""
        data = self.known.get((level, tile))
        if data is None:
            raise _MissingTileError(level, tile, width)
        return data[: 32 * width]


def _check_equal(one: Checkpoint, other: Checkpoint) -> None:
    if one.root != other.root:
        raise VerificationError(
            f"the log signed two different heads of size {one.size}",
            expected=one.root.hex(),
            found=other.root.hex(),
        )
