"""The log's own policy file, as `GET /v1/trust` serves it and an operator prints its fingerprint.

It is what the log says of itself: worth something only to who compared the fingerprint.
"""

from api.installation import Installation
from ledger import jwk, policy
from ledger.policy import Auditor, LogLine, Policy


def policy_of(installation: Installation) -> tuple[str, str]:
    """The policy's text, and its fingerprint: lower-case hex of SHA-256 over the file's bytes.

    The keys are those that sign checkpoints now: after a change of key the text changes, and the
    new fingerprint is to be printed. So it is with the keys of the auditors that the settings name,
    as far as an authority vouches for them.
    """
    settings = installation.settings
    standing = installation.store.registry().standing
    size = installation.store.head().size
    keys = [span.key for span in standing.log_keys if span.until is None]
    text = policy.format(
        Policy(
            logs=tuple(LogLine(key, installation.ledger, settings.public_url) for key in keys),
            witnesses=(),
            groups=(),
            quorum="none",
            auditors=tuple(
                Auditor(party, jwk.thumbprint(key.public_key))
                for party in settings.auditors
                for key in standing.keys_of.get(party, ())
                if key.by_authority and key.valid_at(size)
            ),
            confirmations=settings.confirmations,
        )
    )
    return text, policy.fingerprint(text)
