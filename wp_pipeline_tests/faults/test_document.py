"""docs/faults.md says what the tests show."""

import re
from pathlib import Path

import pytest

from wp_pipeline_tests.faults.document import PAGE, page
from wp_pipeline_tests.faults.other_modules import LOGIN, MACHINE, FaultElsewhere

TESTS = Path(__file__).parents[1]


def test_the_page_is_made_of_the_tables():
    assert PAGE.read_text() == page(), "run python -m wp_pipeline_tests.faults.document"


@pytest.mark.parametrize("fault", [*LOGIN, *MACHINE], ids=lambda fault: fault.what)
def test_what_is_tested_elsewhere_is_tested_with_the_words_of_the_page(fault: FaultElsewhere):
    strings = "".join(re.findall(r'"(.*?)"', (TESTS / fault.tests).read_text()))

    assert fault.says in strings
