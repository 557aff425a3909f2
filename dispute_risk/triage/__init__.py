"""Risks and reasons become who does what this week.

Open first: `weekly` (the lists), `selection` (who is on which list, by the signed policy; `policy.toml` is its draft),
`breach_index` (what is owed) and `actions` (the next steps). `desk`, `queue` and `ledger/` are the officer's; `monitors/` the
service manager's; `many`, `in_parts` and `on_spark` spread the same work out.
"""
