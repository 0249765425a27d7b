"""A small log in memory, the questions of a walk answered from it, and its traces as files."""

import random
import uuid
from hashlib import sha256
from typing import Any

from log_writer import LogWriter, key

from ledger import checkpoint, disclosure, proof
from ledger.checkpoint import Checkpoint
from ledger.memory_tree import MemoryTree
from ledger.merkle import leaf_hash
from ledger.note import NoteKey
from ledger.statement import Link
from ledger.trace import document, parts
from ledger.trace.document import PERIOD_FIELDS
from ledger.trace.hops import HOLDER, PAPERS, Days, Seen, see
from ledger.trace.parts import Part
from ledger.trace.walk import Ask, Direction, Walk

ORIGIN = "log.example/a"
SHOP = "91210500MA0UTC1A0P"
SUPPLIER = f"supplier:{SHOP}"
SCHOOL = "school:2105020001"
ORDER = "order:2105020001~A-17"
PORK = "lot:91210500MA0UTC1A0P~pork~1"
BEEF = "lot:91210500MA0UTC1A0P~beef~2"
MEAL = "meal:2105020001~01~2026-11-23~lunch"
STEW = "dish:2105020001~01~2026-11-23~lunch~D1"
SALAD = "dish:2105020001~01~2026-11-23~lunch~D2"
LOG_KEY = NoteKey(ORIGIN, key("log 1"))


def same_day(time: str) -> Days:
    return Days(time[:10], time[:10])


class Library:
    """Records by short names; every type and payload is taken as it comes."""

    def __init__(self) -> None:
        self.writer = LogWriter()
        self.payloads: dict[int, dict[str, Any]] = {}
        self.names: dict[str, int] = {}
        self.asked: list[Ask] = []
        self._seen: dict[int, Seen] = {}

    def id(self, name: str) -> str:
        """The id of a record, written yet or not."""
        return str(uuid.UUID(bytes=sha256(name.encode()).digest()[:16]))

    def add(
        self,
        name: str,
        kind: str,
        *subjects: str,
        to: dict[str, str] | None = None,
        **payload: Any,
    ) -> None:
        """A record; `to` is rel → short name or subject."""
        links = tuple(
            Link(rel, subject=target) if ":" in target else Link(rel, id=self.id(target))
            for rel, target in (to or {}).items()
        )
        index = self.writer.append(
            kind, SCHOOL, payload, subjects=subjects, links=links, record=self.id(name)
        )
        self.names[name], self.payloads[index] = index, payload

    def seen(self, index: int) -> Seen:
        if index not in self._seen:
            bare = see(index, self.writer.entries[index])
            self._seen[index] = bare.opened(self.payloads[index])
        return self._seen[index]

    def answer(self, ask: Ask) -> list[Seen]:
        """What a store finds: everything that fits."""
        self.asked.append(ask)
        return [seen for seen in map(self.seen, self.payloads) if _fits(seen, ask)]

    def walk(self, start: str, way: str, *, depth: int = 8, most: int = 100) -> Walk:
        """A walk to its end."""
        walk = self.begin(start, way, depth=depth, most=most)
        parts.finish(walk, self.source)
        return walk

    def answer_to(self, ask: Ask, limit: int) -> tuple[list[Seen], list[int], bool]:
        """New records, known ones and whether there are more, as the service answers."""
        found = self.answer(ask)
        new = [seen for seen in found if seen.index not in ask.known]
        known = [seen.index for seen in found if seen.index in ask.known]
        return new[:limit], known, len(new) > limit

    def parts(self, start: str, way: str, *, depth: int, most: int) -> list[tuple[Part, Walk]]:
        """All parts of a walk, in their order."""
        walked = []
        part: Part | None = Part(len(self.writer.entries))
        while part is not None:
            at = part
            walk, part = parts.walk(
                lambda: self.begin(start, way, depth=depth, most=most), self.source, part
            )
            walked.append((at, walk))
        return walked

    def begin(self, start: str, way: str, *, depth: int, most: int) -> Walk:
        """A walk that has not begun."""
        return Walk(self.seen(self.names[start]), Direction(way), depth, most, same_day)

    @property
    def source(self) -> "_Source":
        """What the walk of a part reads."""
        return _Source(self)

    def reached(self, start: str, way: str, **bounds: int) -> set[str]:
        """Short names of what a walk finds, its start left out."""
        walk = self.walk(start, way, **bounds)
        return {name for name, index in self.names.items() if index in walk.nodes} - {start}

    def documents(self, start: str, way: str, *, depth: int, most: int) -> list[dict[str, Any]]:
        """The members of all parts of a trace."""
        walked = self.parts(start, way, depth=depth, most=most)
        names = [parts.FIRST, *(part.format() for part, _ in walked[1:]), None]
        return [
            {
                **self.members(start, way, walk),
                "part": name,
                "next": following,
                "truncated": following is not None,
            }
            for (_, walk), name, following in zip(walked, names, names[1:], strict=False)
        ]

    def members(self, start: str, way: str, walk: Walk | None = None) -> dict[str, Any]:
        """The members of a trace's file, all payload fields disclosed that hops rest on."""
        walk = walk or self.walk(start, way)
        tree = MemoryTree([leaf_hash(data) for data in self.writer.entries])
        root = proof.root_from_inclusion(
            0, tree.size, leaf_hash(self.writer.entries[0]), tree.path(0)
        )
        edges = list(walk.edges)
        nodes = []
        for index in sorted(walk.nodes):
            seen = walk.nodes[index].seen
            fields = {edge.field.split(".")[0] for edge in edges
                      if edge.lower == seen.id and edge.field}  # fmt: skip
            if any(edge.upper == seen.id and edge.in_force for edge in edges):
                fields.update(PERIOD_FIELDS)
            seed = sha256(seen.id.encode()).digest()
            shown = disclosure.disclose(
                self.payloads[index], seed, seen.id, {"blobs", *fields} & seen.payload.keys()
            )
            nodes.append(
                {
                    **document.said(index, seen.entry),
                    "depth": walk.nodes[index].depth,
                    "files": [{**b, "href": None} for b in seen.payload.get("blobs", ())],
                    "links": {},
                    "erased": False,
                    **document.proof(seen.data, list(tree.path(index)), shown),
                }
            )
        return {
            "start": self.id(start),
            "direction": way,
            "depth": 8,
            "checkpoint": checkpoint.sign(Checkpoint(ORIGIN, tree.size, root, ()), [LOG_KEY]),
            "nodes": nodes,
            "edges": [document.edge_to_json(edge) for edge in edges],
            "withheld": [],
            "missing": [],
            "truncated": False,
            "cut": [],
        }


class _Source:
    """`parts.Source` over a library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def answer(self, ask: Ask, limit: int) -> tuple[list[Seen], list[int], bool]:
        return self._library.answer_to(ask, limit)

    def turns(self, ask: Ask, since: int, end: int, limit: int) -> list[Seen]:
        new, _, _ = self._library.answer_to(ask, len(self._library.payloads))
        return [seen for seen in new if since <= seen.index < end][:limit]


def _fits(seen: Seen, ask: Ask) -> bool:
    linked = {link.id or link.subject for link in seen.entry.statement.links}
    return (
        seen.id in ask.ids
        or bool(linked & ask.targets)
        or (seen.type in PAPERS and any(h in ask.holders for h in seen.mentions if HOLDER in h))
        or any(
            seen.type in sharing.types and not seen.mentions.isdisjoint(sharing.subjects)
            for sharing in ask.sharing
        )
    )


def school_day() -> Library:
    """Pork and beef in one van, a stew and a salad on one day, and the supplier paid."""
    log = Library()
    log.add("tender", "tender")
    log.add("award", "tender-award", to={"under": "tender"})
    log.add("licence", "certificate", SUPPLIER, issued_on="2025-01-01", valid_until="2026-12-31")
    log.add("lapsed", "certificate", SUPPLIER, issued_on="2024-01-01", valid_until="2025-12-31")
    log.add(
        "admitted", "admission", SUPPLIER, term_from="2026-01-01", term_until="2026-12-31",
        effective_at="2025-12-20T02:00:00.000Z",
    )  # fmt: skip
    log.add("suspended", "admission", SUPPLIER, effective_at="2026-12-01T02:00:00.000Z")
    log.add("order", "order", ORDER, SUPPLIER, SCHOOL, to={"under": "award"})
    log.add("paper", "lot-document", PORK, SUPPLIER)
    log.add("van", "dispatch", ORDER, PORK, BEEF, SUPPLIER, "delivery:s~1", to={"fulfils": ORDER})
    log.add("checked scale", "calibration", "device:scale-7")
    for lot, name in ((PORK, "pork"), (BEEF, "beef")):
        log.add(
            f"{name} weighed", "weigh-in", ORDER, lot, SUPPLIER, SCHOOL, "device:scale-7",
            to={"fulfils": ORDER}, calibration=log.id("checked scale"),
            blobs=[{"media_type": "image/jpeg", "role": "photo", "sha256": "ab" * 32, "size": 9}],
        )  # fmt: skip
    log.add("taken in", "acceptance", ORDER, PORK, BEEF, SUPPLIER, SCHOOL, to={"accepts": "van"})
    log.add("menu", "menu", MEAL, STEW, SALAD)
    log.add("stew cooked", "cooking-step", STEW, MEAL, to={"uses": PORK})
    log.add("salad made", "cooking-step", SALAD, MEAL, to={"uses": BEEF})
    log.add("lunch", "meal-service", MEAL, STEW, SALAD)
    log.add("stew kept", "sample-retained", MEAL, STEW)
    log.add("salad kept", "sample-retained", MEAL, SALAD)
    log.add("stew gone", "sample-disposed", STEW, to={"disposes": "stew kept"})
    log.add(
        "paid", "settlement", PORK, BEEF, SUPPLIER, SCHOOL,
        lines=[{"acceptance": log.id("taken in")}],
    )  # fmt: skip
    log.add("booked", "account-entry", to={"pays": "paid"})
    log.add("recall", "recall", PORK, SUPPLIER)
    return log


def busy(orders: int, *, servings: int = 1, seed: int = 3) -> Library:
    """A supplier's orders, their goods cooked and served, and everything logged in some order."""
    log, draw = Library(), random.Random(seed)
    log.add("licence", "certificate", SUPPLIER, issued_on="2025-01-01", valid_until="2026-12-31")
    records = []
    for n in range(orders):
        order, lot = f"order:2105020001~{n}", f"lot:{SHOP}~pork~{n}"
        records += [
            (n, f"order {n}", "order", (order, SUPPLIER, SCHOOL), {}),
            (n, f"van {n}", "dispatch", (order, lot, SUPPLIER, f"delivery:{SHOP}~{n}"),
             {"fulfils": order}),
            (n, f"weighed {n}", "weigh-in", (order, lot, SUPPLIER, SCHOOL), {}),
            (n, f"taken in {n}", "acceptance", (order, lot, SUPPLIER, SCHOOL),
             {"accepts": f"van {n}"}),
            (n, f"moved {n}", "stock-move", (lot, SCHOOL), {}),
        ]  # fmt: skip
        for k in range(servings):
            meal = f"meal:2105020001~01~d{n}-{k}~lunch"
            dish = f"dish:2105020001~01~d{n}-{k}~lunch~D1"
            records += [
                (n, f"cooked {n} {k}", "cooking-step", (dish, meal), {"uses": lot}),
                (n, f"served {n} {k}", "meal-service", (meal, dish), {}),
            ]
    records.sort(key=lambda record: record[0] + draw.random() * 4)
    for _, name, kind, subjects, to in records:
        log.add(name, kind, *subjects, to=to)
    return log
