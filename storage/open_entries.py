"""A registry that follows the open entries of one log, as the database holds them."""

from sqlalchemy import Connection

from ledger import entry as entry_format
from ledger.entry import Open
from ledger.evidence.registry import Registry
from ledger.standing import Standing
from ledger.statement import Statement
from storage import reads


class FollowedRegistry:
    """Parties, roles and keys up to `index`, the last open entry applied; -1: none yet."""

    def __init__(self) -> None:
        self.registry = Registry(Standing())
        self.index = -1

    def follow(self, connection: Connection) -> Registry:
        """Bring it up to the open entries that this connection sees."""
        for place, leaf, data in reads.open_entries(connection, self.index):
            entry = entry_format.parse(data)
            assert entry.open is not None
            self.apply(entry.statement, entry.signature, entry.open, place, leaf)
        return self.registry

    def apply(
        self, statement: Statement, signature: str | None, opened: Open, index: int, leaf: bytes
    ) -> None:
        """One open entry more, committed or about to be."""
        self.registry.apply(statement, signature, opened, index, leaf)
        self.index = index
