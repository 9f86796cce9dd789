"""A refresh costs a real WordPress of 2,000 posts and 10,000 comments no more than we promise."""

from collections.abc import Callable

from wp_pipeline_tests.fakes.extraction_bucket import ExtractionBucket
from wp_pipeline_tests.real_wordpress.refresh_costs import costs
from wp_pipeline_tests.real_wordpress.wordpress import WordPress


def test_the_cost_of_a_refresh_is_proportional_to_the_change(
    new_bucket: Callable[[], ExtractionBucket], report: Callable[[str], None]
):
    with WordPress.start("bookworm") as site:
        site.reseed()
        for cost in costs(site, new_bucket()):
            report(f"{cost.change.title}: {cost.requests} requests, {cost.bytes_sent:,} bytes")
            assert cost.requests <= cost.change.requests, cost
            assert cost.bytes_sent <= 1000 * cost.change.kilobytes, cost
            assert cost.is_right, cost
            assert bool(cost.uploads) is bool(cost.change.php), cost
