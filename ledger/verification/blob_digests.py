"""Check `blob-digests`: the files at hand are those that the record names."""

from typing import Any

from ledger.disclosure import Disclosed, check_blobs
from ledger.errors import MalformedError
from ledger.statement import HEX32
from ledger.verdict import Check, State
from ledger.verification.case import Case
from ledger.verification.reasons import SHOWN_HEX, reason
from ledger.verification.sentences import say

NAME = "blob-digests"


def check(case: Case, commitment: Check) -> Check:
    """Files and hrefs are held against the payload's field `blobs`.

    Args:
        case: the bundle.
        commitment: the check before this one: what does not hold there names nothing here.
    """
    try:
        offered = [_digest(item) for item in case.bundle.blobs]
        named = _named(case) if commitment.state is State.PASS else None
    except MalformedError as error:
        return say(NAME, State.FAIL, "blob-digests/fail-form", **reason(error))
    if commitment.state is State.ERASED:
        return say(NAME, State.ERASED, "blob-digests/erased")
    if named is None:
        return say(NAME, State.NOT_CHECKED, "blob-digests/not-checked-withheld")
    digests = {item["sha256"] for item in named}
    expected = ", ".join(f"{digest[:SHOWN_HEX]}…" for digest in sorted(digests)) or "none"
    for key, given in (("fail-href", offered), ("fail-file", sorted(case.blobs))):
        for digest in given:
            if digest not in digests:
                found = digest[:SHOWN_HEX]
                return say(NAME, State.FAIL, f"blob-digests/{key}", expected=expected, found=found)
    for item in named:
        size = case.blobs.get(item["sha256"], item["size"])
        if size != item["size"]:
            return say(
                NAME,
                State.FAIL,
                "blob-digests/fail-size",
                digest=item["sha256"][:SHOWN_HEX],
                expected=item["size"],
                found=size,
            )
    if not named:
        return say(NAME, State.PASS, "blob-digests/pass-none")
    missing = len(digests - case.blobs.keys())
    if missing:
        return say(
            NAME, State.NOT_CHECKED, "blob-digests/not-checked", missing=missing, count=len(digests)
        )
    return say(NAME, State.PASS, "blob-digests/pass", count=len(digests))


def _named(case: Case) -> list[dict[str, Any]] | None:
    """The blobs that the payload names, or None where that is not shown."""
    if case.entry.open is not None:
        payload = case.entry.open.payload
        return check_blobs(payload["blobs"]) if "blobs" in payload else []
    shown = case.disclosed
    if not isinstance(shown, Disclosed):
        return None
    if shown.lacks("blobs"):
        return []
    blobs: list[dict[str, Any]] | None = shown.values.get("blobs")
    return blobs


def _digest(item: object) -> str:
    if type(item) is not dict or item.keys() != {"sha256", "href"}:
        raise MalformedError("an item has exactly sha256 and href")
    digest, href = item["sha256"], item["href"]
    if type(digest) is not str or not HEX32.fullmatch(digest) or type(href) is not str:
        raise MalformedError("sha256 is 64 digits of lower-case hex, href is text")
    return digest
