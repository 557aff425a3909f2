"""The real published figures of the authorities of England, and where one of them stands among them.

Open first: `published` (the figures), `measures` (what is compared), `standing` (one authority) and `expected` (appeals that
national rates would give).
"""
