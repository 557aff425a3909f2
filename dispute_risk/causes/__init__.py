"""Where appeals come from, counted and compared, and made fit to publish.

Open first: `report` (the whole of it), `appeal_rates` (counts), `patterns` (what appealed cases have in common), `unheard`
(the same failures and no appeal) and `disclosure` (what may be published).
"""
