"""What a finding says beside its own fields: how it was found, which record it will be, what it cites.

All of it follows from the log: whoever computes it again gets the same record (DESIGN §7, point 7).
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ledger import canonical
from ledger.evidence.catalogue import TYPES
from ledger.evidence.computed import Computed
from ledger.evidence.draft import document_key
from ledger.oversight.policies import Policy
from ledger.oversight.seen import Ref, inputs_root

MAX_CITED: Final = 512
"""Links that a record has room for."""

_NAMESPACE: Final = uuid.UUID("2f1c6b0e-0f0b-5d0a-9a51-6d65616c7472")


def found_by(
    kind: str, payload: Mapping[str, Any], inputs: Sequence[Ref], policy: Policy, size: int
) -> dict[str, Any]:
    """The whole payload: where it is computed, with the policy, the log's size, and its inputs."""
    whole = dict(payload)
    if issubclass(TYPES[kind].model, Computed):
        count, root = inputs_root(list(inputs))
        whole |= {
            "policy_name": policy.name,
            "policy_version": max(policy.version, 1),
            "as_of_size": size,
            "inputs": count,
            "inputs_root": root,
        }
    return whole


def record_id_of(kind: str, payload: Mapping[str, Any], ledger: str) -> str:
    """Its id: of the ledger (leaf hash of genesis, hex) and of what tells the document from others."""
    document = document_key(TYPES[kind], payload) or kind + canonical.serialise(payload).decode()
    return str(uuid.uuid5(_NAMESPACE, f"{ledger} {document}"))


def linked(cited: Sequence[Ref], others: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """The inputs cited, the newest as far as there is room, and the other links."""
    if not cited and not others:
        return []
    links = [
        {"rel": rel, "subject" if ":" in target else "id": target}
        for rel, targets in others.items()
        for target in targets
    ]
    by_index = {ref[0]: ref[2] for ref in cited}
    newest = sorted(by_index)[max(0, len(by_index) - MAX_CITED + len(links)) :]
    return [{"rel": "cites", "id": by_index[index]} for index in newest] + links
