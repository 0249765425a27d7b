"""Reconciliation (钱账分离、三方对账、以销定采): where money and goods do not meet, to the gram and the fen.

    order → dispatch → weigh-in → acceptance (→ rejection)         orders, goods, ordered, agreed
          → settlement → invoice → account entry (→ refund)        bills, settling, invoices, accounts
    meals paid → meals served → ingredients by recipe               meals, served, ingredients
    by supplier, school and period: rows and records                book, record, statements

What is held against what, and each difference with an example: `docs/oversight/reconciliation.md`.
"""
