"""What moves a score, entered; and marked at once where the records it rests on are disputed."""

from ledger.oversight.credit import account, disputes
from ledger.oversight.credit.account import Movement
from ledger.oversight.family import Context


def post(context: Context, movement: Movement) -> int | None:
    """Enter a movement; its number, or None where nothing moves."""
    number = account.move(context, movement)
    if number is not None and movement.points < 0:
        disputes.mark(context, movement.supplier, number)
    return number
