from collections import Counter

import pytest

from wp_pipeline.orchestration.schedules import build_freshness_policy, build_schedule, spread_time
from wp_pipeline.settings import Settings, SettingsError


def test_the_daily_run_is_at_seven_unless_a_time_is_set():
    assert build_schedule(Settings()).cron_schedule == "0 7 * * *"
    assert build_schedule(Settings(daily_at="23:30")).cron_schedule == "30 23 * * *"


def test_an_asset_is_overdue_at_the_hour_two_hours_after_the_daily_run():
    assert build_freshness_policy(Settings()).deadline_cron == "0 9 * * *"
    assert build_freshness_policy(Settings(daily_at="23:30")).deadline_cron == "0 2 * * *"


@pytest.mark.parametrize("text", ["7", "7:00", "24:00", "07:60", "07:00 ", "seven"])
def test_an_invalid_time_of_day_is_refused(text):
    with pytest.raises(SettingsError, match="WP_PIPELINE_DAILY_AT is no time of day such as 07:00"):
        Settings(daily_at=text)


def test_many_sites_are_spread_over_the_hour_and_each_keeps_its_minute():
    assert spread_time("shop") == "07:47"
    times = Counter(spread_time(f"site{n}") for n in range(600))

    assert all(time.startswith("07:") for time in times)
    assert len(times) == 60
    assert max(times.values()) < 25
