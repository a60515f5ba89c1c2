"""The story of the pledged order, from signature to close, top to bottom.

signing
    sign             the dealer signs, where its house wants it by two; its deposit is called in
paying_out
    deposit_booked   the bank has it (or the dealer pays it in itself: `paying_in`)
    finance          the register names nobody else (`registration`) and nothing speaks against
                     the order (`controls`): pay out the loan, move the own share if it is one
    disbursed        the loan lies in the supervised account
    own_share_moved  the deposit too; when all that is due does, the seller is paid
    seller_paid      the seller has its money: the order is confirmed, the goods may leave
                     (a bill instead of a loan is accepted with the deposit, and that is all)
    goods_received   (in `deliveries`) the keeper counts, what is good is pledged
repaying
    repay            the dealer orders a repayment, wholly or in part
    repaid           the money came: the matching goods are released (`releasing`), the notice goes
                     out, and what was paid too much is ordered back, with the margin of a loan
                     that is repaid
setting_off
    set_off_margin   instead, the dealer lets the margin pay the last of it
    pay_bill         the due day of a bill: its holder is paid, the margin is set off, what it does
                     not reach for is a loan that is late
    picked_up        (in `deliveries`) the code was used at the gate
closing
    close            nothing is owed to anybody and nothing lies there

What the bank is told to pay is written by `instructing`; its answers come in through
`bank_answers`; what goes wrong is told in `side_exits`. Each step is one transaction and remembered
once, so a doubled or late message does nothing.
"""
