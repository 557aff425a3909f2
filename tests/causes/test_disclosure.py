"""Nothing withheld can be worked out again: by subtraction, by linear programming, or with whole numbers only."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from dispute_risk.causes.counts import ALL, CountTable, interval_shown, relations_of, rounded
from dispute_risk.causes.disclosure import protect
from dispute_risk.causes.ranges import Web, feasible_ranges, may_be_nought, shown_in
from dispute_risk.errors import OutputNotWritten

PERIOD = ("2025-01-01", "2025-12-31")


def crossed(name, rows, columns, counts, names=("area", "need"), measure="appeals", **more):
    """Return a two-way table with its margins from a list of lists of counts."""
    counts = np.asarray(counts)
    lines = [(r, c, counts[i, j]) for i, r in enumerate(rows) for j, c in enumerate(columns)]
    lines += [(r, ALL, counts[i].sum()) for i, r in enumerate(rows)]
    lines += [(ALL, c, counts[:, j].sum()) for j, c in enumerate(columns)] + [(ALL, ALL, counts.sum())]
    return CountTable(name, names, pd.DataFrame(lines, columns=[*names, "count"]), *PERIOD, measure, **more)


def one_way(name, counts, dim="area", total=None, **more):
    lines = [(ALL, sum(counts.values()) if total is None else total), *counts.items()]
    return CountTable(name, (dim,), pd.DataFrame(lines, columns=[dim, "count"]), *PERIOD, **more)


def shown(made, name):
    table = made.table(name)
    return dict(zip(table.counts[list(table.dims)].itertuples(index=False, name=None), table.counts["count"], strict=True))


def true_counts(tables):
    return {cell: count for table in tables for cell, count in zip(table.cells, table.counts["count"], strict=True)}


def by_subtraction(tables, threshold=6, base=5):
    """Work out withheld numbers as a reader with a pencil would, sum by sum, until no sum gives anything more."""
    sums = [relation for table in tables for relation in relations_of(table)]
    values = shown_in(tables)
    noughts = may_be_nought(sums, values.keys(), values)
    known = {cell: (int(cell not in noughts), math.inf) if np.isnan(value) else interval_shown(value, threshold, base)
             for cell, value in values.items()}
    for _ in range(30):
        before = dict(known)
        for relation in sums:
            low = sum(known.get(cell, (0, math.inf))[0] for cell in relation.parts)
            high = sum(known.get(cell, (0, math.inf))[1] for cell in relation.parts)
            was = known.get(relation.total, (0, math.inf))
            known[relation.total] = max(was[0], low), min(was[1], high)
            for cell in relation.parts:
                others_low = sum(known.get(one, (0, math.inf))[0] for one in relation.parts if one != cell)
                others_high = sum(known.get(one, (0, math.inf))[1] for one in relation.parts if one != cell)
                was = known.get(cell, (0, math.inf))
                known[cell] = (max(was[0], known[relation.total][0] - others_high),
                               min(was[1], known[relation.total][1] - others_low))
        if known == before:
            return known
    return known


def attacked(tables, made, threshold=6, base=5):
    """Return small true counts that some attack narrows to less than the whole of 1 to threshold - 1."""
    true = true_counts(tables)
    found = feasible_ranges(made.tables, threshold, base)
    small = {cell for cell, count in true.items() if 0 < count < threshold}
    out = [(row.cell, row.low, row.high, "linear") for row in found.itertuples()
           if row.cell in small and (row.low > 1 + 1e-6 or row.high < threshold - 1 - 1e-6)]
    pencil = by_subtraction(made.tables, threshold, base)
    out += [(cell, *ends, "pencil") for cell, ends in pencil.items()
            if cell in small and (ends[0] > 1 or ends[1] < threshold - 1)]
    assert not [cell for cell, value in true_counts(made.tables).items() if cell in small and not np.isnan(value)]
    return out


def whole_number_range(tables, cell, threshold=6, base=5):
    """Return the least and most of a cell when only whole numbers fit."""
    web = Web([], [one for table in tables for one in relations_of(table)])
    values = shown_in(tables)
    noughts = may_be_nought(web.relations, values.keys(), values)
    for one, value in values.items():
        web.bound(one, *((int(one not in noughts), np.inf) if np.isnan(value) else interval_shown(value, threshold, base)))
    equations = np.zeros((len(web.relations), len(web.cells)))
    for row, relation in enumerate(web.relations):
        equations[row, web.number[relation.total]] = -1
        for part in relation.parts:
            equations[row, web.number[part]] = 1
    ends = []
    for sign in (1, -1):
        goal = np.zeros(len(web.cells))
        goal[web.number[cell]] = sign
        high = np.minimum(web.high, 500)
        found = milp(goal, constraints=LinearConstraint(equations, 0, 0), integrality=np.ones(len(goal)),
                     bounds=(web.low, high))
        assert found.success
        ends.append(round(sign * found.fun))
    return ends


def test_counts_of_one_to_five_are_withheld_and_the_others_rounded():
    made = protect([one_way("areas", {"N": 0, "S": 3, "E": 6, "W": 44, "M": 48})])
    assert [shown(made, "areas")[(name,)] for name in "NEWM"] == [0, 5, 45, 50]
    assert np.isnan(shown(made, "areas")[("S",)])
    assert (made.small, made.further, made.noughts) == (1, 0, 0)


def test_the_attacks_of_these_tests_succeed_where_only_small_numbers_are_withheld():
    """Without this no other test here would mean anything."""
    table = one_way("areas", {"N": 30, "S": 27, "W": 3})
    careless = table.with_counts([60, 30, 27, math.nan])
    found = feasible_ranges([careless], base=1)
    assert found[["low", "high"]].to_numpy().tolist() == [[3, 3]]
    assert by_subtraction([careless], base=1)[table.cell(("W",))] == (3, 3)
    with_all_lines = crossed("both", "NS", "ab", [[2, 20], [30, 40]])
    values = [math.nan if 0 < count < 6 else count for count in with_all_lines.counts["count"]]
    assert feasible_ranges([with_all_lines.with_counts(values)], base=1)["high"].max() == 2


@pytest.mark.parametrize("base", [1, 5])
def test_one_small_number_in_a_column_takes_another_with_it_where_rounding_does_not_hide_it(base):
    tables = [one_way("areas", {"N": 30, "S": 27, "W": 3})]
    made = protect(tables, base=base)
    assert attacked(tables, made, base=base) == []
    assert made.further == (1 if base == 1 else 0)
    assert np.isnan(shown(made, "areas")[("S",)]) == (base == 1)


def test_the_same_number_in_another_table_is_withheld_there_too():
    first = crossed("by need", "NS", "ab", [[30, 3], [40, 50]])
    second = crossed("by stage", "NS", "xy", [[13, 20], [45, 45]], names=("area", "stage"))
    made = protect([first, second], base=1)
    assert attacked([first, second], made, base=1) == []
    for values in (("N", ALL), (ALL, ALL), ("S", ALL)):
        assert np.array_equal([shown(made, "by need")[values]], [shown(made, "by stage")[values]], equal_nan=True)


def test_a_total_given_only_by_another_table_does_not_undo_it():
    by_area = one_way("areas", {"N": 30, "S": 34})
    by_need_in_north = CountTable("needs, north", ("need",),
                                  pd.DataFrame({"need": ["a", "b"], "count": [27, 3]}), *PERIOD, where={"area": "N"})
    whole = crossed("both", "NS", "ab", [[27, 3], [20, 14]])
    tables = [by_area, by_need_in_north, whole]
    made = protect(tables, base=1)
    assert attacked(tables, made, base=1) == []


def test_those_outside_an_overlapping_category_are_not_given_away():
    table = CountTable("grounds", ("ground",),
                       pd.DataFrame({"ground": [ALL, "needs", "placement"], "count": [40, 38, 20]}), *PERIOD,
                       overlapping=("ground",))
    assert feasible_ranges([table], base=1, threshold=6)[["low", "high"]].to_numpy().tolist() == [[2, 2], [20, 20]]
    made = protect([table], base=1)
    left = feasible_ranges(made.tables, base=1)
    outside = next(row for row in left.itertuples() if ("ground", "not needs") in row.cell[1])
    assert outside.low <= 1 and outside.high >= 5


def test_where_all_of_a_group_are_of_one_kind_the_noughts_beside_it_are_withheld():
    made = protect([crossed("both", "NS", "abc", [[0, 8, 0], [9, 10, 11]])])
    values = shown(made, "both")
    assert np.isnan([values["N", kind] for kind in "abc"]).all() and made.noughts == 2
    assert values["N", ALL] == 10


def test_tables_that_contradict_each_other_are_not_published():
    with pytest.raises(OutputNotWritten, match="contradict") as caught:
        protect([one_way("areas", {"N": 30, "S": 27}, total=60), one_way("needs", {"a": 60}, dim="need")])
    assert "its parts make 57" in str(caught.value)
    with pytest.raises(OutputNotWritten, match="contradict"):
        protect([one_way("areas", {"N": 30}), one_way("other", {"N": 31})])


def test_nothing_that_is_not_a_count_is_taken():
    with pytest.raises(ValueError, match="not a count"):
        protect([one_way("areas", {"N": 30.5, "S": 2})])


def year(name, quarters, start="2025-01-01"):
    """Return counts by quarter with the year."""
    first = pd.Period(start, "Q")
    spans = [f"{(first + k).start_time.date()}/{(first + k).end_time.date()}" for k in range(len(quarters))]
    frame = pd.DataFrame({"quarter": [ALL, *spans], "count": [sum(quarters), *quarters]})
    return CountTable(name, ("quarter",), frame, spans[0].split("/")[0], spans[-1].split("/")[1], quarter="quarter")


def test_a_number_withheld_now_that_an_earlier_release_showed_protects_nothing_and_is_not_relied_on():
    earlier = protect([year("quarters", [20, 21, 22, 23])], base=1).tables
    now = [year("quarters", [21, 22, 23, 3], start="2025-04-01")]
    made = protect(now, base=1, before=earlier)
    assert math.isnan(shown(made, "quarters")[("2026-01-01/2026-03-31",)])
    # The quarters of 2025 are out already: only the new total can hide the new quarter.
    assert math.isnan(shown(made, "quarters")[(ALL,)])
    left = feasible_ranges(made.tables, base=1, before=earlier)
    new = next(row for row in left.itertuples() if row.cell[2:] == ("2026-01-01", "2026-03-31"))
    assert new.low <= 1 and new.high >= 5
    alone = feasible_ranges(protect(now, base=1).tables, base=1, before=earlier)
    assert next(row.low for row in alone.itertuples() if row.cell == new.cell) == 3, "the earlier release was not needed"


def test_a_longer_period_does_not_give_the_months_between_by_subtraction():
    def total(end, count):
        return CountTable("all", ("area",), pd.DataFrame({"area": [ALL], "count": [count]}), "2025-01-01", end)

    earlier = protect([total("2025-12-31", 60)], base=1).tables
    assert math.isnan(shown(protect([total("2026-01-31", 62)], base=1, before=earlier), "all")[(ALL,)])
    assert shown(protect([total("2026-01-31", 80)], base=1, before=earlier), "all")[(ALL,)] == 80
    assert shown(protect([total("2026-01-31", 62)], base=5, before=protect([total("2025-12-31", 60)]).tables),
                 "all")[(ALL,)] != 62


def test_a_small_number_an_earlier_release_has_shown_cannot_be_taken_back_and_is_said():
    table = one_way("areas", {"N": 30, "S": 27, "W": 3})
    earlier = table.with_counts([60, 30, 27, math.nan])
    made = protect([table], base=1, before=[earlier])
    assert len(made.narrowed) == 1 and "narrowed to 3 to 3" in made.narrowed[0] and "area W" in made.narrowed[0]
    assert made.narrowed[0] in made.summary()


few = st.integers(0, 12)
many = st.one_of(st.integers(0, 8), st.integers(0, 70))


@given(st.lists(st.lists(many, min_size=3, max_size=3), min_size=2, max_size=5), st.sampled_from([1, 5, 10]))
@settings(max_examples=20)
def test_no_two_way_table_gives_a_small_count_away(counts, base):
    tables = [crossed("both", [f"r{k}" for k in range(len(counts))], "abc", counts)]
    made = protect(tables, base=base)
    assert attacked(tables, made, base=base) == [] and made.narrowed == ()


@given(st.lists(st.lists(few, min_size=4, max_size=4), min_size=3, max_size=3), st.data())
@settings(max_examples=8)
def test_no_set_of_linked_tables_gives_a_small_count_away(cells, data):
    """The same cases by area and need, by area and stage, and by overlapping ground."""
    counts = np.asarray(cells)
    stages = np.array([data.draw(st.lists(st.integers(0, int(total)), min_size=1, max_size=1)) for total in counts.sum(1)])
    second = np.column_stack([stages[:, 0], counts.sum(1) - stages[:, 0]])
    grounds = {name: data.draw(st.integers(0, int(counts.sum()))) for name in ("needs", "placement")}
    tables = [crossed("need", "NSE", "abcd", counts), crossed("stage", "NSE", "xy", second, names=("area", "stage")),
              one_way("ground", grounds, dim="ground", total=int(counts.sum()), overlapping=("ground",),
                      covering=("ground",) if sum(grounds.values()) >= counts.sum() else ())]
    base = data.draw(st.sampled_from([1, 5]))
    made = protect(tables, base=base)
    assert attacked(tables, made, base=base) == []


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3))
@settings(max_examples=6)
def test_knowing_that_people_come_in_whole_numbers_does_not_help(counts):
    tables = [crossed("both", "NSE", "abc", counts)]
    made = protect(tables)
    for cell, count in true_counts(tables).items():
        if 0 < count < 6:
            low, high = whole_number_range(made.tables, cell)
            assert low <= 1 and high >= 5, (cell, low, high)


@given(st.integers(0, 10_000), st.sampled_from([1, 3, 5, 10]))
def test_a_number_shown_stands_for_the_numbers_it_could_be(count, base):
    low, high = interval_shown(rounded(count, base), 1, base)
    assert count == 0 or rounded(count, base) == 0 or low <= count <= high


def test_rows_that_are_not_published_are_guarded_all_the_same():
    frame = pd.DataFrame({"coded": [ALL, "yes", "no"], "count": [60, 57, 3]})
    table = CountTable("coding", ("coded",), frame, *PERIOD, unpublished=frozenset({("coded", "no")}))
    made = protect([table], base=1)
    assert made.further == 1 and sum(np.isnan(made.tables[0].counts["count"])) >= 1
    left = feasible_ranges(made.tables, base=1)
    hidden = next(row for row in left.itertuples() if ("coded", "no") in row.cell[1])
    assert hidden.low <= 1 and hidden.high >= 5 and not hidden.published
