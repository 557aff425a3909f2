"""Tables become what was known on a date: facts with the day they happened, were known and ended.

Open first: `history` (the one door to the past), `clocks` (statutory clocks and windows, with their source) and `outcome`
(who is at risk on a date, and whether an appeal came).
"""
