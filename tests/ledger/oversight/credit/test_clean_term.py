"""A term without a fault: suppliers gain by delivering, and nobody loses a point."""

from components.term.generate import Shape, generate
from components.told_log import ToldLog

from ledger import timestamp
from ledger.oversight.credit import Credit

_READ = frozenset(Credit.reads)


def test_in_a_clean_term_nobody_loses_a_point() -> None:
    term = generate(Shape(schools=2, weeks=4))
    log = ToldLog(Credit(), at=timestamp.format(term.said[0].at_ms))
    for one in term.said:
        if one.type in _READ:
            request = {name: one.request[name] for name in one.request if name != "id"}
            log.post(
                one.type,
                request["payload"],
                issuer=request["issuer"],
                at=max(log.now, timestamp.format(one.at_ms)),
                occurred_at=request["occurred_at"],
                links=request["links"],
                blobs=request.get("blobs", ()),
                record_id=one.id,
            )
    log.until(timestamp.format(term.said[-1].at_ms + 40 * 86_400_000))

    kinds = {one["entry_kind"] for one in log.of("credit-entry")}
    assert kinds == {"delivered"}
    assert {one["score_ppm"] for one in log.of("rating")} == {1_000_000}
    assert len(log.of("rating")) >= len(term.cast.suppliers)
