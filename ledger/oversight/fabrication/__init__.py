"""Fabrication (疑点线索): records that do not look real, one file for each way to make them up.

    temperatures  foreheads · cabinets (each batch: still · smooth · copied) · cores
    photos        photos (byte for byte) · likeness (by perceptual hash)
    weights       repeats · rounding · displays · by_hand
    times         working_day · dishes · deliveries · lots · counters
    devices       clocks · silence · limits · bursts · outages (what excuses)

`docs/oversight/fabrication.md` gives each statistic, what it assumes, its threshold, and what it
cannot see. A suspicion is a lead, not a verdict: it cites its records, and can be ruled false.
"""
