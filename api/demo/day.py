"""The demo's school day in order, as its parties post it (the 2+2+2+1 model, 本溪模式)."""

from api.demo import kitchen, money, supply
from api.demo.posting import Poster


def live(day: Poster) -> None:
    """All of it; `day.receipts` then holds every receipt."""
    supply.papers(day)
    supply.order(day)
    supply.delivery(day)
    kitchen.before_and_at_work(day)
    kitchen.oversight(day)
    money.payments(day)
