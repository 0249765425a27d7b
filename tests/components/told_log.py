"""A log in memory, told to rule families as the engine is: requests in, findings out.

Requests go through the same models as over HTTP, and what the families find goes through them too
and becomes a record of the log, as it does in the service. Times are the test's own.
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from ledger.canonical import JsonValue
from ledger.evidence.draft import prepare
from ledger.oversight.engine import Engine, Finding
from ledger.oversight.family import Family, Row
from ledger.oversight.seen import Linked, Seen

LEDGER = bytes(range(32))
ENGINE = "operator:91210500MA0XR22L6F~engine"
ADMIN = "operator:91210500MA0XR22L6F~admin"


class ToldLog:
    """A growing log and an engine over it.

    Attributes:
        records: everything in the log, the engine's own records included.
        found: what the families found, in order; each is in the log once.
        rows: what they show, by family and name.
        state: what they remember.
    """

    def __init__(
        self,
        *families: Family,
        policies: Mapping[str, Mapping[str, Any]] | None = None,
        at: str = "2026-09-01T00:00:00.000Z",
    ) -> None:
        """`policies`: rules to put in force over the families' own defaults; these are always."""
        self.now = at
        self.records: list[Seen] = []
        self.found: list[Finding] = []
        self.rows: dict[tuple[str, str], Row] = {}
        self.state: dict[str, JsonValue] = {}
        self._ids: set[str] = set()
        self.engine = Engine(
            families,
            ledger=LEDGER.hex(),
            zone="Asia/Shanghai",
            read=lambda keys: {key: self.state[key] for key in keys if key in self.state},
            lookup=self._lookup,
        )
        for family in families:
            rules = {**family.defaults, **(policies or {}).get(family.name, {})}
            payload = {"name": family.name, "version": 1, "rules": rules}
            self.post("policy", payload, issuer=ADMIN)

    def post(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        issuer: str,
        at: str | None = None,
        occurred_at: str | None = None,
        links: Iterable[Mapping[str, str]] = (),
        blobs: Sequence[Mapping[str, Any]] = (),
        subjects: Sequence[str] = (),
        submitter: str | None = None,
        record_id: str | None = None,
    ) -> Seen:
        """A record, logged at `at` (default: now), which may not be before the last one.

        Raises:
            RefusedError: its type's rules refuse it.
        """
        if at is not None:
            self.until(at)
        request = {
            "id": record_id or self._id(kind),
            "type": kind,
            "occurred_at": occurred_at or self.now,
            "issuer": issuer,
            "payload": dict(payload),
            "links": [dict(link) for link in links],
            "subjects": list(subjects),
            "blobs": [dict(blob) for blob in blobs],
        }
        seen = self._append(request, submitter or issuer)
        self.settle()
        return seen

    def example(self, example: Mapping[str, Any], at: str | None = None, **changes: Any) -> Seen:
        """An example of the catalogue, with other values for some fields of its payload."""
        return self.post(
            example["type"],
            {**example["payload"], **changes},
            issuer=example["issuer"],
            at=at,
            links=example.get("links", ()),
            blobs=example.get("blobs", ()),
        )

    def until(self, at: str) -> None:
        """Nothing is logged up to then; what was waited for until then happens."""
        if at < self.now:
            raise ValueError(f"{at} is before {self.now}")
        self.engine.advance(at)
        self.now = at
        self.settle()

    def settle(self) -> None:
        """Store what followed, and put what was found into the log, until nothing more follows."""
        while True:
            changes = self.engine.take_changes()
            for key, value in changes.state.items():
                # As it is stored: what a family changes in place without putting it back is lost.
                self.state[key] = orjson.loads(orjson.dumps(value))
                if value is None:
                    del self.state[key]
            self.engine.forget_cache()
            for name, row in changes.rows.items():
                self.rows[name] = row
                if row.detail is None:
                    del self.rows[name]
            if not changes.findings:
                return
            for finding in changes.findings:
                if finding.id not in self._ids:
                    self._ids.add(finding.id)
                    self.found.append(finding)
                    self._append({**finding.request, "issuer": ENGINE}, ENGINE)

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        """The payloads of what was found, of one type."""
        return [one.request["payload"] for one in self.found if one.request["type"] == kind]

    def erase(self, seen: Seen, *fields: str) -> None:
        """Fields of a record are erased, or all of it, in the log and in what is read of it."""
        left = None
        if fields:
            left = {name: value for name, value in seen.fields.items() if name not in fields}
        self.records[seen.index] = replace(seen, payload=left, erased=frozenset(fields))
        payload: dict[str, Any] = {"scope": "record", "reason_code": "data-subject-request"}
        if fields:
            payload |= {"scope": "fields", "fields": list(fields)}
        link = {"rel": "erases", "id": seen.id, "sha256": seen.leaf_hash.hex()}
        self.post("erasure", payload, issuer=ADMIN, links=[link])

    def correct(self, seen: Seen, issuer: str | None = None) -> Seen:
        """A record is corrected: it did not occur."""
        accountable = seen.fields.get("accountable", "person:b7kq2mzx4nvc6jw3thp5rdyaeo")
        payload = {"reason_code": "did-not-occur", "reason": "x", "accountable": accountable}
        link = {"rel": "corrects", "id": seen.id, "sha256": seen.leaf_hash.hex()}
        return self.post("correction", payload, issuer=issuer or seen.issuer, links=[link])

    def _append(self, request: Mapping[str, Any], submitter: str) -> Seen:
        draft = prepare(request, submitter=submitter, ledger=LEDGER, new_seed=bytes(32))
        said = draft.statement
        index = len(self.records)
        seen = Seen(
            index,
            hashlib.sha256(b"\x00" + index.to_bytes(8, "big") + draft.statement_bytes).digest(),
            said.id,
            said.type,
            said.issuer,
            submitter,
            said.subjects,
            tuple(Linked(link.rel, link.id, link.subject) for link in said.links),
            said.occurred_at,
            self.now,
            False,
            orjson.loads(draft.payload),
        )
        self.records.append(seen)
        self.engine.step(seen)
        return seen

    def _lookup(self, record_id: str) -> Seen | None:
        return next((seen for seen in self.records if seen.id == record_id), None)

    def _id(self, kind: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {len(self.records)}"))
