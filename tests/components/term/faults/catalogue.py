"""The faults of the term that is played: each at a school and on a day of its own.

    school 1   clean
    school 2   its kitchen: what nobody records, how work orders are answered
    school 3   what it buys: papers, prices, deliveries
    schools 4 and 5   of whom, besides: suppliers that won nothing, or not yet, or not that
    school 4   its account, and an incident
    school 5   what it makes up

What is meant to come together: the third week of school 3, in which nobody published a menu, is bad
enough as a whole for a response; what is missing on one side of the books (a weigh-in, an acceptance,
a settlement, a payment) does not meet there either.
"""

from functools import partial

from components.term.faults import (
    awards,
    certificates,
    completeness,
    credit,
    fabrication,
    reconciliation,
    rectification,
    risk,
)
from components.term.faults.fault import Fault
from components.term.faults.plot import At

SCHOOLS, WEEKS, STAFF = 5, 6, 3

INCIDENT = At(4, 5, 2)

FAULTS = (
    Fault(
        "a permit lapses in mid-term",
        1,
        partial(
            certificates.permit_lapses,
            at=At(3, 5, 1),
            bought=[At(3, 1, 1), At(3, 2, 1), At(3, 3, 1), At(3, 4, 1)],
        ),
    ),
    Fault(
        "a supplier is suspended, and brings goods outside its permit before that",
        1,
        partial(
            certificates.suspended,
            at=At(4, 3, 4),
            bought=[At(4, 1, 1), At(4, 1, 3)],
            outside=At(4, 2, 1),
        ),
    ),
    Fault(
        "a supplier that was never admitted",
        1,
        partial(certificates.never_admitted, at=At(4, 2, 3)),
    ),
    Fault(
        "a cook without a health certificate",
        1,
        partial(certificates.cook_without_certificate, at=At(4, 1, 2)),
    ),
    Fault("no menu for a week", 2, partial(completeness.no_menu, at=At(3, 3))),
    Fault("a dish without a sample", 2, partial(completeness.no_sample, at=At(2, 1, 1))),
    Fault("a sample of 90 g", 2, partial(completeness.light_sample, at=At(2, 1, 3))),
    Fault(
        "a sample thrown away after 20 hours",
        2,
        partial(completeness.early_disposal, at=At(2, 2, 1)),
    ),
    Fault("a cook whom nobody checked", 2, partial(completeness.unchecked, at=At(2, 2, 3))),
    Fault(
        "an order line neither weighed nor refused",
        2,
        partial(completeness.unweighed, at=At(3, 1, 1), category="meat"),
    ),
    Fault(
        "a delivery that nobody accepted",
        2,
        partial(completeness.unaccepted, at=At(3, 1, 3), category="vegetable"),
    ),
    Fault(
        "an acceptance that is not settled",
        2,
        partial(completeness.unsettled, at=At(3, 2, 4), category="grain"),
    ),
    Fault(
        "a settlement without a bank entry",
        2,
        partial(completeness.unpaid, at=At(4, 4, 4), category="meat"),
    ),
    Fault("a meal without a companion", 2, partial(completeness.no_companion, at=At(2, 3, 1))),
    Fault("a meal without its service", 2, partial(completeness.no_service, at=At(2, 2, 4))),
    Fault(
        "a lot without its papers",
        2,
        partial(completeness.no_papers, at=At(4, 3, 3), fine=At(4, 3, 0)),
    ),
    Fault("a day without its control", 2, partial(completeness.no_control, at=At(2, 3, 3))),
    Fault(
        "a cabinet that is not read for half a day",
        2,
        partial(completeness.cold_gap, at=At(3, 3, 2)),
    ),
    Fault("two hours of an outage", 2, partial(completeness.outage, at=At(2, 4, 1))),
    Fault("samples that come a day late", 2, partial(completeness.late_samples, at=At(2, 4, 3))),
    Fault("an award of what was never tendered", 3, awards.never_tendered),
    Fault("awards otherwise than tendered", 3, awards.otherwise_than_tendered),
    Fault("a package that was not tendered, a winner of another kind", 3, awards.another_package),
    Fault(
        "an order and a selection without an award",
        3,
        partial(awards.bought_without_award, at=At(4, 1, 4)),
    ),
    Fault(
        "an order and a selection before the award",
        3,
        partial(awards.bought_before_award, at=At(5, 2, 2)),
    ),
    Fault(
        "an order after the term of the award",
        3,
        partial(awards.bought_out_of_term, at=At(4, 2, 4), fine=At(4, 1, 2)),
    ),
    Fault(
        "goods beside those of the award", 3, partial(awards.bought_beside_award, at=At(5, 3, 1))
    ),
    Fault(
        "orders beyond the ceiling of their package",
        3,
        partial(awards.bought_above_ceiling, at=At(5, 2, 4), fine=At(5, 1, 3)),
    ),
    Fault(
        "orders and settlements beyond their contract",
        3,
        partial(awards.bought_above_contract, at=At(5, 3, 3), fine=At(5, 3, 2)),
    ),
    Fault(
        "orders and settlements beyond their award",
        3,
        partial(awards.bought_above_award, at=At(5, 4, 3), fine=At(5, 4, 1)),
    ),
    Fault("a short delivery", 3, partial(reconciliation.short, at=At(3, 4, 2), category="meat")),
    Fault(
        "more weighed than accepted",
        3,
        partial(reconciliation.weighed_more, at=At(3, 5, 2), category="grain"),
    ),
    Fault(
        "a price above the award",
        3,
        partial(reconciliation.price_raised, at=At(3, 2, 2), category="meat"),
    ),
    Fault(
        "an acceptance settled twice",
        3,
        partial(reconciliation.settled_twice, at=At(4, 2, 2), category="meat"),
    ),
    Fault(
        "a settlement paid twice",
        3,
        partial(reconciliation.paid_twice, at=At(4, 3, 1), category="vegetable"),
    ),
    Fault(
        "a payee who is not the supplier",
        3,
        partial(reconciliation.wrong_payee, at=At(4, 6, 1), category="grain"),
    ),
    Fault(
        "an invoice used twice",
        3,
        partial(
            reconciliation.invoice_twice, at=At(2, 6, 1), before=At(2, 2, 1), category="vegetable"
        ),
    ),
    Fault(
        "money that leaves without a settlement",
        3,
        partial(reconciliation.debit_without_settlement, at=At(2, 5, 4)),
    ),
    Fault(
        "a balance that does not chain", 3, partial(reconciliation.balance_broken, at=At(3, 5, 4))
    ),
    Fault(
        "an acceptance corrected after it was paid",
        3,
        partial(reconciliation.corrected_after, at=At(3, 2, 1), category="vegetable"),
    ),
    Fault("meals paid for and not served", 3, partial(reconciliation.paid_not_served, at=At(4, 6))),
    Fault(
        "meat that no recipe takes",
        3,
        partial(reconciliation.more_than_recipes_take, at=At(2, 5)),
    ),
    Fault(
        "a late delivery, disputed and given back",
        4,
        partial(credit.late, at=At(3, 5, 0), category="grain"),
    ),
    Fault(
        "spoiled goods, ruled on by who refused them",
        4,
        partial(credit.spoiled, at=At(3, 6, 1), category="vegetable"),
    ),
    Fault("an incident with persons in hospital", 5, partial(risk.incident, at=INCIDENT)),
    Fault("a bad fortnight", 5, partial(risk.bad_fortnight, at=At(3, 3))),
    Fault(
        "an alert, put right in time",
        6,
        partial(rectification.alert, at=At(2, 4, 2), kind="no-hat"),
    ),
    Fault(
        "an alert, put right too late",
        6,
        partial(rectification.answered_late, at=At(2, 5, 1), kind="no-hat"),
    ),
    Fault(
        "an alert, closed by the school itself",
        6,
        partial(rectification.closed_by_its_own, at=At(4, 3, 2), kind="open-bin"),
    ),
    Fault(
        "an alert, put right at the second time",
        6,
        partial(rectification.alert, at=At(2, 5, 3), kind="open-bin", how="reopened"),
    ),
    Fault(
        "an alert, never closed",
        6,
        partial(rectification.never_closed, at=At(2, 6, 0), kind="covered-lens"),
    ),
    *fabrication.FAULTS,
)
