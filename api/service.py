"""What a running service consists of: made at start, found by every request in its state."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from starlette.types import Scope

from api.auth import Authenticator, Principal
from api.batcher import Batcher
from api.blob_facts import BlobFacts
from api.completeness import Completeness
from api.crowd import Crowd
from api.installation import Installation
from api.limits import DiskGuard
from api.metrics import Metrics
from api.preparing import Preparers
from api.settings import Settings
from ledger.commitment import SEED_SIZE
from ledger.evidence.draft import Draft, prepare
from storage.entropy import Entropy
from storage.store import Store
from storage.values import Token

if TYPE_CHECKING:
    from anchoring.loop import AnchoringReport

#: Where the service is found in a request's state.
STATE = "service"


@dataclass(slots=True)
class Service:
    """The parts that requests are answered with; all but `store` belong to the event loop.

    Attributes:
        completeness: the log's subject indexes.
        heavy: lets so many verifications run at once.
        preparers: prepare lines of large batches, None where this process does it alone.
        crowd: lets them prepare single records that arrive together, None likewise.
        entropy: seeds for requests that bring none.
        anchoring: what the worker of this process last reported, None where it has none.
        readiness: when readiness was last asked for (monotonic seconds), and what it was.
    """

    settings: Settings
    installation: Installation
    store: Store
    batcher: Batcher
    auth: Authenticator
    metrics: Metrics
    disk: DiskGuard
    heavy: asyncio.Semaphore
    completeness: Completeness
    blob_facts: BlobFacts
    preparers: Preparers | None
    crowd: Crowd | None
    entropy: Entropy = field(default_factory=Entropy)
    anchoring: "AnchoringReport | None" = None
    readiness: tuple[float, tuple[bool, dict[str, Any]]] | None = None

    def prepare(
        self,
        request: Mapping[str, Any],
        principal: Principal,
        facts: Mapping[str, tuple[str, int]] | None = None,
    ) -> Draft:
        """The draft of a request by `principal`, with a fresh seed at hand.

        Raises:
            RefusedError: it does not fit its type; every fault at once.
        """
        return prepare(
            request,
            submitter=principal.party,
            ledger=self.installation.ledger,
            new_seed=self.entropy.take(SEED_SIZE),
            blob_facts=facts,
        )


class StoredTokens:
    """`auth.TokenStore` over the database; tokens without a rate of their own get the setting's."""

    def __init__(self, store: Store, requests_per_s: float) -> None:
        """`requests_per_s` is the installation's."""
        self._store = store
        self._requests_per_s = requests_per_s

    def principal(self, digest: bytes) -> Principal | None:
        """Who holds the token of this SHA-256; None where it is unknown or revoked."""
        token = self._store.tokens.find(digest)
        if token is None or token.revoked_at is not None:
            return None
        return _principal(token, self._requests_per_s)


def of(scope: Scope) -> Service:
    """The service that answers this request."""
    return cast("Service", scope["state"][STATE])


def _principal(token: Token, requests_per_s: float) -> Principal:
    return Principal(
        token.id,
        token.party,
        token.scopes,
        requests_per_s if token.requests_per_s is None else float(token.requests_per_s),
        token.expires_at,
    )
