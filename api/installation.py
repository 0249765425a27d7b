"""An installation, opened: the parts of the service joined as its settings say."""

from dataclasses import dataclass
from typing import Any

from api.settings import Settings


@dataclass(slots=True)
class Installation:
    """What `serve`, `worker`, `audit` and the other commands work with.

    Attributes:
        settings: as given.
        store: `storage.store.Store`, founded and migrated.
        blobs: the `BlobStore`.
        chain: `anchoring.chain.Chain`, or None with `chain=none`.
    """

    settings: Settings
    store: Any
    blobs: Any
    chain: Any

    def close(self) -> None:
        """Let go of database connections and of the embedded chain's file. May be called twice."""
        raise NotImplementedError


def open_installation(settings: Settings, *, read_only: bool = False) -> Installation:
    """Open what `found` made; nothing is created.

    Args:
        settings: where everything lies.
        read_only: leave the embedded chain and the released mark untouched (`audit`).

    Raises:
        NotFoundError: there is no log here; the message names `mealtrace init`.
        ConflictError: the database is not migrated; the message names `mealtrace migrate`.
        MalformedError: a key file cannot be read as what it should hold.
        UnavailableError: database or blob store do not answer.
    """
    raise NotImplementedError


def found(settings: Settings) -> Installation:
    """Found the log if it is not founded yet, go on where an earlier call broke off, and open it.

    Keys, database, contract, genesis, registration, anchor of size 1, first admin token, in this
    order; each step looks first whether it was done.
    """
    raise NotImplementedError
