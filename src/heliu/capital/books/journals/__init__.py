"""Journal templates: what each event of a deal writes into the books of its parties.

Pure functions from amounts (minor units, not negative) to entries, named as the event is; each
balances in every book it touches, its memo accounts among themselves.
"""
