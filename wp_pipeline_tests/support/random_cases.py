"""How many random cases a property is tried with: few in `make test`, many in the fuzzing suite."""

from collections.abc import Iterable
from typing import Any

import pytest


def few_and_many(few: int, many: int) -> pytest.MarkDecorator:
    """Run a test with so many `cases`, and once more in the fuzzing suite."""
    return pytest.mark.parametrize("cases", [few, pytest.param(many, marks=pytest.mark.fuzzing)])


def few_of(values: Iterable[Any], few: int) -> list[Any]:
    """Return values for `parametrize`, of which all but the first few are for the fuzzing suite."""
    return [
        value if number < few else pytest.param(value, marks=pytest.mark.fuzzing)
        for number, value in enumerate(values)
    ]
