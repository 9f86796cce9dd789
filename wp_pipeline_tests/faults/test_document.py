"""docs/faults.md equals the tables that the tests run."""

import re
from pathlib import Path

import pytest

from wp_pipeline_tests.faults.document import PAGE, page
from wp_pipeline_tests.faults.other_modules import OTHER_FAULTS, OtherFault

ALL = [fault for faults in OTHER_FAULTS.values() for fault in faults]
TESTS = Path(__file__).parents[1]


def test_the_page_equals_the_tables():
    assert PAGE.read_text() == page(), "run python -m wp_pipeline_tests.faults.document"


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.what)
def test_the_module_of_another_fault_contains_its_message(fault: OtherFault):
    strings = "".join(re.findall(r'"(.*?)"', (TESTS / fault.tests).read_text()))

    assert fault.message in strings
