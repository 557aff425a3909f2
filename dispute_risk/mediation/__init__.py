"""Does an offer of mediation help here, whom should it reach first, and is it worth its cost.

*Does it help*: `comparison` (the whole study), the designs `doubly_robust`, `encouragement` and `staggered`, `effect` (the
figure) and `challenges` (the attacks on it). *Whom first*: `routing_policy`, which rests on `benefit` (what an offer spares),
`learned_benefit` and `shared_effects` (from one's own offers, and from others'), `fair_shares` and
`lottery`; `off_policy` judges other rules. *What it is worth*: `unit_costs`, `scenarios`, `net_present_value`, `uncertainty`
and `business_case`.
"""
