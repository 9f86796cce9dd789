"""Every misconfiguration is found, with its cure; after the cure it is found no more."""

import pytest

from wp_pipeline.extraction.doctor.finding import OK, Finding
from wp_pipeline_tests.extraction.doctor.misconfigurations import ALL, LEFT, SECRET, Wrong
from wp_pipeline_tests.support.cures import carry_out

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("wrong", ALL, ids=lambda wrong: wrong.name)
def test_a_misconfiguration_is_found_and_its_cure_heals(well, examined, monkeypatch, wrong):
    wrong.cause(well, monkeypatch)
    found = finding_for(wrong, examined())

    assert found.cure == wrong.cure
    assert well.aws.keys() == ([LEFT] if wrong.name == "left_over" else [])

    if wrong.heal:
        wrong.heal(well, monkeypatch)
    else:
        own = {"posts": well.url("wp/v2/posts"), "site": well.server.url}
        instead = {name: text.format(**own) for name, text in wrong.instead.items()}
        carry_out(found.command, well.aws, monkeypatch, instead)
    afterwards = [one for one in examined() if one.state != OK]
    assert [one for one in afterwards if one.check == wrong.check] == []


def finding_for(wrong: Wrong, findings: list[Finding]) -> Finding:
    """Return what the check finds to be wrong. No finding may show a secret."""
    assert SECRET not in str(findings)
    found = [one for one in findings if one.check == wrong.check and one.state == wrong.state]
    assert found, [one for one in findings if one.state != OK]
    return found[0]


def test_the_cures_of_more_than_ten_are_carried_out_as_they_are_printed():
    assert len([wrong for wrong in ALL if wrong.heal is None]) > 10
