"""Sums on one core: while a function runs, and not a moment longer."""

import pytest
from threadpoolctl import threadpool_info

from dispute_risk.model.one_core import on_one_core


def threads() -> list[int]:
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]


@on_one_core
def seen(fail: bool = False) -> list[int]:
    """Say what it saw."""
    if fail:
        raise ValueError("refused")
    return threads()


def test_one_core_inside_and_as_before_afterwards():
    import numpy as np  # brings a BLAS with it

    assert np.ones(1) @ np.ones(1) == 1
    before = threads()
    assert before and set(seen()) == {1} and threads() == before
    with pytest.raises(ValueError, match="refused"):
        seen(fail=True)
    assert threads() == before


def test_name_and_words_stay_those_of_the_function():
    assert seen.__name__ == "seen" and seen.__doc__ == "Say what it saw."
