"""A school term as its parties would post it: coherent, with a kitchen's noise, and without a fault.

    world.py     who takes part
    script.py    what is said, when and by whom: a list in the order of logging
    papers.py    before the term: registrations, certificates, admissions, prices, calendar, recipes
    supply.py    a day's orders, deliveries, weigh-ins and acceptances
    kitchen.py   a day's checks, cooking, samples, service, waste, temperatures
    money.py     payments, bank entries, and each month's settlements
    generate.py  all of it, over schools and days
    play.py      the real service, its clock set to each record's time, and the term posted to it

Everything follows from a seed. Quantities follow from the recipes and the portions ordered, weights
scatter by the scale's division, temperatures by person and day, times by minutes.
"""
