"""What a movement is still worth: what rulings left of it, halved as often as its time came round.

Whole points, always rounded towards nothing: −5 becomes −2, −1, 0.
"""

from typing import Final

WHOLE_BP: Final = 10_000


def worth(change_points: int, kept_bp: int, halvings: int) -> int:
    """The points that count.

    Args:
        change_points: as it was entered.
        kept_bp: what rulings leave of it, of 10,000.
        halvings: how often half of it passed.
    """
    left = abs(change_points) * kept_bp // WHOLE_BP >> halvings
    return left if change_points > 0 else -left
