"""How work orders and freezes are answered, as they come: who is asked, and what it says then.

A work order is answered the next morning, with a new photo, and closed by the regulator the same
afternoon; unless a fault says otherwise of what opened it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from components.term.play import Stage
from components.term.script import ZONE, Said, Script, clock, later, moment, phash
from components.term.world import REGULATOR, World
from ledger import entry as entries
from ledger import timestamp
from ledger.oversight.seen import Seen

HOW = ("in-time", "late", "own", "reopened", "unreviewed")
"""In time, and closed; after its deadline; looked at by the school itself first; not put right at the
first time; never looked at."""


class Answering:
    """Reads what oversight posts, and says what is said because of it; `play.Answer`."""

    def __init__(self, cast: World, how: Mapping[str, str], lifts: Mapping[str, int]) -> None:
        """Begin with an empty log.

        Args:
            cast: who takes part.
            how: id of a record that opens a work order → one of `HOW`.
            lifts: canteen → when a regulator lifts what holds it back, milliseconds since 1970.
        """
        self._cast, self._how, self._lifts = cast, how, lifts
        self._read = 0

    def __call__(self, stage: Stage) -> list[Said]:
        """What is said because of what was posted since the last time."""
        store = stage.opened.store
        size, script = store.head().size, Script()
        for data in store.entries(self._read, size):
            said = entries.parse(data).statement
            if said.type in {"work-order", "risk-response"} and said.issuer.endswith("~engine"):
                seen = store.oversight.record(said.id)
                assert seen is not None
                answer = self._order if said.type == "work-order" else self._response
                answer(script, seen)
        self._read = size
        return script.said

    def _response(self, script: Script, seen: Seen) -> None:
        """A regulator ends what holds back."""
        fields = seen.fields
        if not fields.get("held_back"):
            return
        at = datetime.fromtimestamp(self._lifts[fields["canteen"]] / 1000, ZONE)
        script.say(
            f"lift {fields['response_no']}",
            REGULATOR,
            "freeze-lift",
            {
                "freeze": seen.id,
                "responsible": fields["responsible"],
                "canteen": fields["canteen"],
                "released": fields["held_back"],
                "lifted_from": moment(at),
                "grounds": ["inspection-passed", "rectified"],
                "evidence": [seen.id],
                "decided_by": self._cast.inspector,
                "accountable": self._cast.inspector,
            },
            at,
            links=[{"rel": "lifts", "id": seen.id}],
            school=fields["responsible"],
        )

    def _order(self, script: Script, seen: Seen) -> None:
        """The responsible party puts it right, and somebody else looks at it."""
        how = next((self._how[one] for one in seen.linked("opens") if one in self._how), HOW[0])
        if "follows" in seen.fields["ext"]:
            how = HOW[0]
        opened = _local(seen.logged_at)
        answered = clock(opened.date(), 9, 20)
        while answered < later(opened, hours=1):
            answered += timedelta(days=1)
        if how == "late":
            answered = later(_local(seen.fields["due_at"]), hours=3)
        reviewed = later(answered, hours=6)
        answer = self._answer(script, seen, answered)
        if how == "own":
            own = {"responsible": self._cast.labour}
            about = seen.fields["responsible"]
            self._review(script, seen, answer, later(answered, hours=2), about, own)
        if how == "reopened":
            due = {"decision": "reopened", "new_due_at": moment(later(reviewed, hours=48))}
            self._review(script, seen, answer, reviewed, REGULATOR, due)
            answered, reviewed = later(answered, hours=24), later(reviewed, hours=24)
            answer = self._answer(script, seen, answered)
        if how != "unreviewed":
            self._review(script, seen, answer, reviewed, REGULATOR, {})

    def _answer(self, script: Script, seen: Seen, at: datetime) -> str:
        fields, no = seen.fields, seen.fields["work_order_no"]
        return script.say(
            f"answer {no} {at}",
            fields["responsible"],
            "rectification",
            {
                "work_order": f"work-order:{no}",
                "measures": "已按要求整改，并对有关人员进行教育",
                "done_by": self._fixer(fields),
                "photo_taken_at": moment(later(at, minutes=-5)),
                "photo_phash": phash(f"answer {no} {at}"),
                "accountable": self._fixer(fields),
            },
            at,
            links=[{"rel": "answers", "subject": f"work-order:{no}"}],
            files=["photo"],
        )

    def _review(
        self,
        script: Script,
        seen: Seen,
        answer: str,
        at: datetime,
        who: str,
        otherwise: Mapping[str, Any],
    ) -> None:
        fields, no = seen.fields, seen.fields["work_order_no"]
        reviewer = self._cast.inspector if who == REGULATOR else self._cast.clerk
        script.say(
            f"review {no} {who} {at}",
            who,
            "rectification-review",
            {
                "work_order": f"work-order:{no}",
                "rectification": answer,
                "responsible": fields["responsible"],
                "done_by": self._fixer(fields),
                "reviewed_by": reviewer,
                "reviewed_at": moment(later(at, minutes=-10)),
                "on_site": True,
                "decision": "closed",
                "accountable": reviewer,
                **otherwise,
            },
            at,
            links=[{"rel": "reviews", "id": answer}],
            files=["photo"],
        )

    def _fixer(self, fields: Mapping[str, Any]) -> str:
        """The head of the school; of a supplier its clerk, of the firm its own."""
        for school in self._cast.schools:
            if school.party == fields["responsible"]:
                return school.storekeeper
        for supplier in self._cast.suppliers:
            if supplier.party == fields["responsible"]:
                return supplier.clerk
        return self._cast.clerk


def _local(time: str) -> datetime:
    return datetime.fromtimestamp(timestamp.parse(time) / 1000, ZONE)
