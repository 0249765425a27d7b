"""How records hang together: from a settlement to the photo of the meat, and back (可追溯).

A record *rests on* others: they are **upstream** of it, and it is **downstream** of them. Three
things make a hop, and each can be read off what the log committed to:

- a **link** of the entry. Whatever a record links to is upstream of it, without exception: also the
  record that it corrects, disputes or lifts;
- a **subject** that two entries share, where it is a kind of goods or paper and the two types stand
  above one another in this table (`hops.RESTS_ON`); a link to a subject counts as having it:

      subject       a record of this type   rests on those of these types
      lot:          dispatch                order, lot-document
                    weigh-in                dispatch, lot-document, order
                    acceptance, rejection   weigh-in, dispatch, lot-document
                    stock-move              acceptance, weigh-in
                    cooking-step            stock-move, acceptance, weigh-in
                    waste-log               cooking-step, stock-move, acceptance
                    settlement, invoice     acceptance, rejection
                    all of these, order,    recall
                    lot-document
      order:        order-response          order
                    dispatch                order, order-response
                    weigh-in                dispatch, order
                    acceptance, rejection   weigh-in, dispatch, order
                    invoice                 acceptance, rejection, order
      delivery:     weigh-in                dispatch
                    acceptance, rejection   weigh-in, dispatch
                    invoice                 dispatch
      dish:, meal:  cooking-step            menu
                    meal-service            cooking-step, menu
                    sample-retained         cooking-step, menu
                    sample-disposed         sample-retained
                    companion-meal,         meal-service, menu
                    satisfaction-survey
                    waste-log               meal-service, cooking-step
                    incident                sample-retained, meal-service, cooking-step
      work-order:   rectification           work-order
                    rectification-review    rectification, work-order
      supplier:     order, dispatch         certificate, admission, as long as they are in force

- a **record id in the payload**, where its type says that one stands there: the acceptance of a
  settlement's line, the calibration of a weigh-in, the health certificate of a morning check.

A recall stands above its whole lot: so it lists everything downstream of the lot, whenever that
arrives, and nobody who looks up from a dish or a payment misses it.

Schools, suppliers, canteens, people and devices connect everything with everything; they carry no
hop but the ones named. And who follows one lot, or one dish, keeps to it: a record that names lots,
but none of those followed, is left out, so that a recall of the pork does not list the spinach that
came in the same van.

    hops.py      which records rest on which, and what states it
    named.py     record ids inside payloads
    walk.py      the walk, level by level: what to ask the store next, and what its answer adds
    document.py  a trace as JSON, written and read
    check.py     whether a trace holds, by itself, against a log that the reader trusts
"""
