"""One file for each command of the week: it asks, says and writes, and calculates nothing. `cli` lists them in their order."""
