"""The fast lane: the few hot calls of the API, answered in front of Django.

What it answers is what Django's door would answer; what it is not made for it hands on unread.
`gather` takes all that waits at once, `orders`, `prices` and `notices` answer it as a set, `door`
speaks HTTP. See ADR 0008.
"""
