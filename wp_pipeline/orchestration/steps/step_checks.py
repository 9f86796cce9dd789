"""The checks of one execution of a site's step: which are due, and which could not run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import dagster as dg

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.outcomes import Outcome, Stored
from wp_pipeline.extraction.rules.rule import Rule, Subject
from wp_pipeline.orchestration import answered
from wp_pipeline.orchestration.checks import SiteChecks
from wp_pipeline.orchestration.dagster_internals.instance import evaluation_of
from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.orchestration.recovery.attempts import Attempt

# The tag of a re-execution "from asset failure". It does not select checks that were evaluated in
# the first run, which were about the object that is replaced now.
RESUMED = "dagster/is_asset_resume_retry"


@dataclass(frozen=True)
class FailedCheck:
    """A check that could not run; `reason` is one line that begins with the endpoint's name."""

    endpoint: str
    reason: str
    retry_may_help: bool


class StepChecks:
    """Runs each check that is due once.

    A check is due if it is selected. In a run that resumes another one, the checks of each stored
    endpoint are due too: as they are not selected, their results are stored, not returned.
    """

    def __init__(
        self,
        checks: SiteChecks,
        context: dg.AssetExecutionContext,
        attempt: Attempt,
        open_lake: Callable[[], Lake],
    ) -> None:
        self.failed: list[FailedCheck] = []
        self._checks = checks
        self._names = {name.name: name for name in checks.names}
        self._selected = context.selected_asset_check_keys
        self._instance = context.instance
        self._is_resumed = context.run.tags.get(RESUMED) == "true"
        self._open_lake = open_lake
        self._done = {*attempt.checked}
        self._stored = {*attempt.stored}

    def after_extraction(self, outcome: Outcome) -> Iterator[dg.AssetCheckResult]:
        """Check an endpoint that was extracted now, whatever was checked of it before.

        Checks that compare objects are left out: the others may not be stored yet.
        """
        name = self._names[outcome.name]
        key = name.key(self._checks.settings)
        if isinstance(outcome, Stored):
            self._stored.add(outcome.name)
        self._done -= {one for one in self._done if one.asset_key == key}
        yield from self._reported(answered.check_key(key), answered.result_of(key, outcome))
        yield from self._run(name, [one for one in self._rules(name) if not one.reads_others])

    def remaining(self) -> Iterator[dg.AssetCheckResult]:
        """Run the checks that were not run yet.

        These are checks of assets that were not extracted now, and checks that compare objects,
        which must all be stored.
        """
        for name in self._names.values():
            yield from self._run(name, self._rules(name))
            asset = name.key(self._checks.settings)
            key = answered.check_key(asset)
            if key in self._selected and key not in self._done:
                yield answered.result_of_last(asset, self._instance)

    def _rules(self, name: EndpointName) -> list[Rule]:
        """Return the rules of an endpoint whose checks are due."""
        is_new = self._is_resumed and name.name in self._stored
        keys = {self._checks.check_key(rule, name): rule for rule in self._checks.rules(name)}
        return [
            rule
            for key, rule in keys.items()
            if (is_new or key in self._selected) and key not in self._done
        ]

    def _run(self, name: EndpointName, due: list[Rule]) -> Iterator[dg.AssetCheckResult]:
        """Run these checks of an endpoint; the object is opened once for all of them."""
        if not due:
            return
        waiting = [*due]
        try:
            with self._checks.subject(name, self._open_lake(), self._instance) as subject:
                while waiting:
                    yield from self._applied(waiting.pop(0), name, subject)
        except AwsError as error:
            for rule in waiting:
                self._could_not_run(rule, name, error)

    def _applied(
        self, rule: Rule, name: EndpointName, subject: Subject | None
    ) -> Iterator[dg.AssetCheckResult]:
        try:
            result = self._checks.result(rule, name, subject)
        except AwsError as error:
            self._could_not_run(rule, name, error)
            return
        yield from self._reported(self._checks.check_key(rule, name), result)

    def _could_not_run(self, rule: Rule, name: EndpointName, error: AwsError) -> None:
        """Keep the reason: it must not stop the endpoints that are under way."""
        self._done.add(self._checks.check_key(rule, name))  # Not again.
        reason = f"{name.name}: {rule.name} could not run: {error}"
        self.failed.append(FailedCheck(name.name, reason, error.retry_may_help))

    def _reported(
        self, key: dg.AssetCheckKey, result: dg.AssetCheckResult
    ) -> Iterator[dg.AssetCheckResult]:
        """Yield the result of a selected check, or store that of one that is only due."""
        self._done.add(key)
        if key in self._selected:
            yield result
        elif self._is_resumed:
            self._instance.report_runless_asset_event(evaluation_of(key, result, self._instance))
