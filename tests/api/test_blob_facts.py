"""What is remembered of uploads is true of the party that made them, and is looked up again."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from api.blob_facts import BlobFacts
from storage.store import Store

DIGEST = "ab" * 32


class Uploads:
    """Answers like `storage.uploads.Uploads.find` and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.media_type = "image/jpeg"

    def find(self, digest: str, party: str) -> list[Any]:
        self.asked += 1
        if (digest, party) != (DIGEST, "gateway:1"):
            return []
        return [SimpleNamespace(media_type=self.media_type, size=7)]


def facts_over(uploads: Uploads, clock: list[float]) -> BlobFacts:
    return BlobFacts(cast(Store, SimpleNamespace(uploads=uploads)), clock=lambda: clock[0])


def test_an_upload_is_looked_up_once_and_again_when_the_while_is_over() -> None:
    uploads, clock = Uploads(), [0.0]
    facts = facts_over(uploads, clock)
    for _ in range(3):
        assert asyncio.run(facts.of("gateway:1", {DIGEST})) == {DIGEST: ("image/jpeg", 7)}
    assert uploads.asked == 1

    uploads.media_type, clock[0] = "image/png", 61.0
    assert asyncio.run(facts.of("gateway:1", {DIGEST})) == {DIGEST: ("image/png", 7)}


def test_nobody_gets_the_facts_of_anothers_upload() -> None:
    facts = facts_over(Uploads(), [0.0])
    assert asyncio.run(facts.of("gateway:1", {DIGEST})) != {}

    assert asyncio.run(facts.of("gateway:2", {DIGEST})) == {}


def test_what_is_missing_is_asked_for_again_and_found_when_it_was_uploaded() -> None:
    uploads = Uploads()
    facts = facts_over(uploads, [0.0])
    assert asyncio.run(facts.of("gateway:2", {DIGEST})) == {}
    assert asyncio.run(facts.of("gateway:2", {DIGEST})) == {}
    assert uploads.asked == 2

    facts.remember("gateway:2", DIGEST, ("application/pdf", 9))
    assert asyncio.run(facts.of("gateway:2", {DIGEST})) == {DIGEST: ("application/pdf", 9)}
