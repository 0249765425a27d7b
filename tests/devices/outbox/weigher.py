"""A gateway's process in small, to be killed: weighs, keeps and sends until then.

    python weigher.py FOLDER PARTY KEY-FILE URL TOKEN SCALE

Prints the counter of each reading once it is kept.
"""

import sys

from components.kitchen_floor import weigh_in_payload

from devices.client import Evidence, SigningKey
from devices.outbox import Outbox, Pace

PHOTO = b"\xff\xd8\xff\xe0" + bytes(30_000)
OCCURRED = "2026-11-23T06:12:11.120Z"


def main() -> None:
    folder, party, key, url, token, scale = sys.argv[1:]
    outbox = Outbox(folder, party=party, key=SigningKey.load(key))
    pace = Pace(first_s=0.02, longest_s=0.2, records_per_s=1e6, bytes_per_s=1e12, batch_records=7)
    with outbox.sending(url, token, pace=pace):
        while True:
            counter = outbox.next_counter(scale)
            photo = PHOTO + scale.encode() + counter.to_bytes(4)
            outbox.keep(
                Evidence(
                    "weigh-in",
                    weigh_in_payload(counter, scale),
                    OCCURRED,
                    blobs={"photo": (photo, "image/jpeg")},
                ),
                lane=scale,
            )
            print(counter, flush=True)  # noqa: T201 - what its parent reads


if __name__ == "__main__":
    main()
