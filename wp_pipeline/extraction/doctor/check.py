"""What a check is. A new check is a new module, with a `CHECK`, in one of the folders here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding


@dataclass(frozen=True)
class Check:
    """A function that checks one thing.

    order    the place of its lines in the report
    needs    the attribute of the Examination that it needs; empty if it needs none
    """

    name: str
    order: int
    run: Callable[[Examination], Iterable[Finding]]
    needs: str = ""
