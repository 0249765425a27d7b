"""A document through its corrections: every version is known by the id of the first (更正替换).

A settlement names the acceptance that it knew, a bank the settlement that it was handed; when either
is corrected and replaced, what names the old one means the new one. State under `<kind> <record>` is
the document's under its root, and `{is: root}` under the id of a later version.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

State = dict[str, Any]


def root_of(context: Context, kind: str, record: str) -> str:
    """The first version of a document."""
    known = context.get(f"{kind} {record}")
    if known is None or "is" not in known:
        return record
    root: str = known["is"]
    return root


def adopt(context: Context, seen: Seen, kind: str, merge: Callable[[State, State], State]) -> str:
    """Note a version of a document; its root.

    Args:
        context: of the family.
        seen: the version.
        kind: what its key begins with.
        merge: adds to a document's state what was kept under a version that came to be of it later.
    """
    replaced = seen.linked("replaces")
    if not replaced:
        return root_of(context, kind, seen.id)
    root, own = root_of(context, kind, replaced[0]), f"{kind} {seen.id}"
    known = context.get(own)
    if root == seen.id or (known and "is" in known):
        return root
    state = dict(context.get(f"{kind} {root}") or {})
    state["aliases"] = [*state.get("aliases", ()), seen.id]
    context.put(f"{kind} {root}", merge(state, known) if known else state)
    context.put(own, {"is": root})
    return root


def lineage(known: Iterable[Mapping[str, Any]], seen: Seen) -> tuple[list[str], str]:
    """The ids of all versions of a document, and when the first of them was logged.

    Args:
        known: documents of its kind with their `names` and `logged`, those that were corrected too.
        seen: the newest version.
    """
    replaced = frozenset(seen.linked("replaces"))
    for one in known:
        if not replaced.isdisjoint(one["names"]):
            return [*one["names"], seen.id], one["logged"]
    return [seen.id], seen.logged_at


def forget(context: Context, kind: str, root: str) -> None:
    """Drop a document, and the names of its versions."""
    state = context.get(f"{kind} {root}")
    for alias in (state or {}).get("aliases", ()):
        context.put(f"{kind} {alias}", None)
    context.put(f"{kind} {root}", None)
