"""An authority's files become checked tables in which every fact has the day it was recorded.

Open first: `tables` (every table and column, with its meaning), `read` (folder, workbook or database), `check` (all that is
wrong, at once) and `known` (what was known on a day). `mapping/` and `sen2/` bring in other people's exports; `synthetic/`
invents an authority whose truth is known.
"""
