"""Every write of trade credit, by what it is about.

Whoever calls has the doors of both sides open and their deals locked. What touches a buyer of a
seller begins with its locked terms, so that such writes go one after the other.
"""
