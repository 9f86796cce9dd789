"""The attributes of a component in its defs.yaml, whose errors quote nothing.

Dagster shows the value of an attribute that it does not know, or that has another type: it may be a
URL or a login in the wrong place.
"""

from functools import cache
from typing import Any

import dagster as dg
from pydantic import BaseModel, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails

HIDDEN = "…"


class ResolvableWithoutQuotes(dg.Resolvable):
    """What a component inherits in place of `dg.Resolvable`."""

    @classmethod
    def model(cls) -> type[BaseModel]:
        """Return the model of the attributes."""
        return without_quotes(super().model())


@cache
def without_quotes(model: type[BaseModel]) -> type[BaseModel]:
    names = {"__module__": model.__module__, "hide": model_validator(mode="wrap")(hide)}
    return type(model.__name__, (model,), names)


@classmethod
def hide(cls: Any, value: Any, validate: ModelWrapValidatorHandler[Any]) -> Any:
    """Raises ValidationError without what was validated."""
    try:
        return validate(value)
    except ValidationError as invalid:
        title = invalid.title
        found = invalid.errors(include_url=False, include_input=False)
    errors = [
        InitErrorDetails(type=one["type"], loc=one["loc"], input=HIDDEN, ctx=one.get("ctx", {}))
        for one in found
    ]
    raise ValidationError.from_exception_data(title, errors)
