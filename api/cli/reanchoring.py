"""A further contract that anchors the log: after a theft of the anchoring key, or of a whole chain.

    key → its contract on the chain of the settings → `anchor-target` record → key in use → anchor

The record is an authority's to sign, so that neither a thief nor the operator alone can move the
log's anchors (FORMATS §1). It adds, and never replaces: anchors made before count as they did. A
new key gets a contract of its own, and the log a new id in it.

Crash points. The new key waits in `anchor.key.next` until the record stands in the log, and only
then takes the old one's place; the contract is found again by who deployed it. The same command
goes on from wherever it was.
"""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api import key_files
from api.founding import alone, deploy_target
from api.govern import say
from api.installation import ANCHOR_KEY, open_installation
from api.settings import Settings
from devices.client.keys import SigningKey
from ledger.anchor import AnchorTarget
from ledger.anchor_progress import AnchorProgress
from ledger.errors import ConflictError, NotFoundError

NEXT_KEY: Final = "anchor.key.next"


@dataclass(frozen=True, slots=True)
class Reanchored:
    """What became of a further target.

    Attributes:
        target: the contract, and the account that registers the log in it.
        index: of the `anchor-target` record, None while an authority has yet to sign it.
        anchor: the first anchor under it, None likewise.
    """

    target: AnchorTarget
    index: int | None = None
    anchor: AnchorProgress | None = None


def reanchor(
    settings: Settings,
    *,
    new_key: bool,
    authority: str | None,
    authority_key: Path | None,
    wait_s: float,
) -> Reanchored:
    """Add a target of the anchoring account, and anchor under it once an authority signed it.

    Args:
        settings: of the installation; its chain is where the contract goes.
        new_key: draw a new anchoring key.
        authority: the party that signs; None takes the one whose key is given.
        authority_key: its private key; None leaves the record to be posted by it.
        wait_s: how long to wait for the anchor, in seconds.

    Raises:
        ConflictError: there is no chain, the account cannot pay, or the target is there already.
        NotFoundError: the key given is nobody's.
        RefusedError: it is not an authority's.
        UnavailableError: chain or database do not answer; the same call goes on.
    """
    if settings.chain == "none" or (settings.chain == "embedded" and new_key):
        raise ConflictError(
            "an anchoring key is changed on a node's chain (MEALTRACE_CHAIN=rpc); the embedded "
            "chain pays for its first key only, and proves nothing to others"
        )
    folder = settings.keys_dir
    with alone(folder / ".founding"):
        waiting = new_key or (folder / NEXT_KEY).exists()
        path = folder / (NEXT_KEY if waiting else ANCHOR_KEY)
        target = deploy_target(settings, key_files.read_or_create_key(path))
        with closing(open_installation(settings)) as opened:
            standing = opened.store.registry().standing
            index = next((at for at, known in standing.targets if known == target), None)
            if index is not None and not waiting:
                raise ConflictError(
                    f"{target.contract} on chain {target.chain_id} is a target of the log already, "
                    f"since entry {index}; after a theft of the key, --new-key draws another"
                )
            if index is None:
                if authority_key is None:
                    return Reanchored(target)
                key = SigningKey.load(authority_key)
                known_key = standing.keys.get(key.kid)
                if authority is None and known_key is None:
                    raise NotFoundError(f"the log knows no key {key.kid}")
                issuer = authority or (known_key.party if known_key else "")
                index = say(opened, "anchor-target", target.to_json(), issuer=issuer, key=key).index
        if waiting:
            key_files.replace(folder / ANCHOR_KEY, key_files.read_text(path))
            path.unlink()
        with (
            closing(open_installation(settings)) as opened,
            opened.anchoring() as anchoring,
        ):
            assert anchoring is not None
            anchor = anchoring.settle(opened.store.head().size, timeout_s=wait_s)
    return Reanchored(target, index, anchor)
