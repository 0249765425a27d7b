"""A log whose registry is held beside it: what it says is checked before it is applied."""

from typing import Any

from log_writer import OPERATOR, SCHOOL, LogWriter

from ledger import entry, merkle
from ledger.ed25519 import Signer
from ledger.evidence.registry import Registry
from ledger.standing import Standing


class World:
    """Whatever is said here is in the log, and the registry has read it."""

    def __init__(self) -> None:
        self.log = LogWriter()
        self.registry = Registry(Standing())
        self._fold(self.log.entries[0])

    @property
    def size(self) -> int:
        return len(self.log.entries)

    def say(self, type_: str, issuer: str = OPERATOR, /, **payload: Any) -> None:
        """An open entry of these fields; `from_` stands for `from`."""
        self.take(
            self.log.write(type_, issuer, {name.rstrip("_"): v for name, v in payload.items()})
        )

    def take(self, data: bytes) -> None:
        """An open entry's bytes."""
        self._fold(data)
        self.log.take(data)

    def register(self, party: str, key: Signer, **kwargs: Any) -> None:
        """A key, vouched for by the bureau."""
        index = self.log.register(party, key, **kwargs)
        self._fold(self.log.entries[index], index)

    def grant(self, party: str, *roles: str, granted: bool = True) -> None:
        for role in roles:
            self.say("role-grant", party=party, role=role, granted=granted)

    def device(self, device: str, gateway: str | None = None, owner: str = SCHOOL) -> None:
        self.say(
            "device-registration",
            device=device, owner=owner, gateway=gateway, kind="scale", model="XK3190", serial="7",
        )  # fmt: skip

    def mandate(self, principal: str, submitter: str, *types: str) -> None:
        """For the first of November 2026 to the first of December."""
        self.say(
            "mandate",
            principal,
            principal=principal,
            submitter=submitter,
            types=list(types or ("dispatch",)),
            from_="2026-11-01T00:00:00.000Z",
            until="2026-12-01T00:00:00.000Z",
        )

    def _fold(self, data: bytes, index: int | None = None) -> None:
        said = entry.parse(data)
        assert said.open is not None
        if index is None:
            index = self.size if self.registry.standing.genesis else 0
        self.registry.check_open(said.statement, said.signature, said.open, index)
        leaf = merkle.leaf_hash(data)
        self.registry.apply(said.statement, said.signature, said.open, index, leaf)
