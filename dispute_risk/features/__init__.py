"""A history becomes one row a case and date: features that an officer can read and dispute.

Open first: `declare` and `verbs` (what a feature is), any of the subjects (`advice`, `contact`, `placement`, ...),
`catalogue` (all of them; CATALOGUE.md is generated) and `build`.
"""
