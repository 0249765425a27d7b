"""School days with and without lies, from which the detectors of fabrication are measured.

    groups.py        which ways and characters were written when; each group is measured by itself
    characters.py    how kitchens differ: scales, checkers, refrigerators, networks, clocks, habits
    mishaps.py       what befalls a kitchen now and then: no power, a broken probe, an outing
    upkeep.py        what is said and set right when it did
    kitchen.py       one kitchen: its subjects, people, devices and what they remember
    clockwork.py     a gateway's clock and its network: what time it believes, when its records come
    photos.py        perceptual hashes of photos of one corner, and of copies of a photo
    thermal.py       foreheads at dawn, and a refrigerator with a thermostat, a door and a probe
    larder.py        what is bought, how it is packed, and what is cooked of it
    orders.py        what is ordered the day before
    goods.py         a day's deliveries
    receiving.py     the scale, and the two people who accept
    morning.py       who is on shift, and who is checked
    meals.py         cooking, samples, service
    machines.py      temperature logs, alarms, how devices are
    silences.py      outages that are declared
    honest.py        all days of all schools, as they really were
    story.py         one school's records, by day and type: what a liar changes
    shifting.py      records moved in time
    truth.py         a lie that was told: kind, way, days, records
    liars/           the ways of lying, one file for each family of them
    liars/second/    those of the second group
    plan.py          who lies when
    kinds.py         the codes that a suspicion of each kind of lie may have
    score.py         suspicions held against the truth
    measure.py       all of it told to the detectors: `python -m tests.bench lies`

This is the second of two generators of school days, and shares with the first one
(`components.term`) the shape of requests alone: people, physics and accidents are its own. It was
written without a look at the detectors; docs/oversight/fabrication.md has what was measured.
Everything follows from a seed.
"""
