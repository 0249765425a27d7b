"""Every bundle of the conformance vectors gets exactly the verdict that its file names."""

import pytest
from bundle_cases import load, names

from ledger.errors import MalformedError
from ledger.verdict import CHECKS

FIXED = (
    "according to the log",
    "key vouched for by the operator only",
    "this proves nothing to others",
)


@pytest.mark.parametrize("name", names())
def test_bundle_gets_its_verdict(name: str) -> None:
    case = load(name)
    expect = case.expect
    if expect["overall"] is None:
        with pytest.raises(MalformedError):
            case.verify()
        return

    verdict = case.verify()

    assert expect["checks"] == {check.name: check.state.value for check in verdict.checks}
    assert expect["overall"] == verdict.overall.value
    assert expect["exit"] == verdict.exit_code
    assert tuple(expect["scope"]) == verdict.scope
    assert expect["custodial"] is verdict.custodial
    assert expect["state"] == verdict.check(expect["check"]).state.value
    assert tuple(check.name for check in verdict.checks) == CHECKS
    said = " ".join(check.en for check in verdict.checks)
    assert all(phrase in said for phrase in expect["says"])
    for phrase in FIXED:
        assert (phrase in said) == any(phrase in wanted for wanted in expect["says"]), phrase
