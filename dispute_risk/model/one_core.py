"""Sums on one core: the same numbers on every machine, and no cores waiting for each other over short sums."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

__all__ = ["on_one_core"]

Given = ParamSpec("Given")
Result = TypeVar("Result")


def on_one_core(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let products of matrices use one core while a function runs.

    Shared out over cores the same sums come in another order, and their last digits with them.

    Examples
    --------
    >>> @on_one_core
    ... def double(number):
    ...     return 2 * number
    >>> double(4)
    8
    """
    @wraps(work)
    def limited(*args: Given.args, **named: Given.kwargs) -> Result:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1, user_api="blas"):
            return work(*args, **named)

    return limited
