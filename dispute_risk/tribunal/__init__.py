"""A registered appeal becomes dates, the legal test, the missing evidence and the options.

Open first: `desk` (one appeal), `open_appeals` (all of them), `timetable`, `legal_tests` and `options`.
"""
