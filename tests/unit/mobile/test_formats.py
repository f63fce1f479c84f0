"""Money and moments as a person reads them."""

from datetime import datetime

import pytest

from mobile.text import formats, use_language
from mobile.text.formats import DAY, HOUR, MINUTE
from shared_models.moments import business_zone

NOW = int(datetime(2026, 11, 22, 16, 30, tzinfo=business_zone()).timestamp() * 1000)  # a Sunday


@pytest.fixture(params=["zh", "en"])
def spoken(request):
    use_language(request.param)
    yield request.param
    use_language("zh")


def said(spoken: str, zh: str, en: str) -> str:
    return zh if spoken == "zh" else en


def test_money_shows_cents_only_when_there_are_some():
    assert formats.money(1_288_000) == "¥12,880"
    assert formats.money(1_288_050) == "¥12,880.50"
    assert formats.money(-5) == "-¥0.05"


def test_a_phone_number_is_hidden_but_for_both_ends():
    assert formats.masked_phone("13800138000") == "138 ···· 8000"
    assert formats.masked_phone("83348000") == "833 ···· 8000"
    assert formats.masked_phone("") == ""
    assert formats.spaced_phone("13800138000") == "138 0013 8000"


def test_today_is_named_with_its_weekday(spoken):
    assert formats.today_line(NOW) == said(spoken, "11月22日 星期日", "Sunday, 22 Nov")


@pytest.mark.parametrize(
    ("back_ms", "zh", "en"),
    [
        (80 * MINUTE, "15:10", "15:10"),
        (DAY + 80 * MINUTE, "昨天 15:10", "Yesterday 15:10"),
        (3 * DAY, "周四", "Thu"),
        (30 * DAY, "10月23日", "23 Oct"),
        (365 * DAY, "2025年11月22日", "22 Nov 2025"),
        (-DAY, "明天 16:30", "Tomorrow 16:30"),
        (-2 * DAY, "周二", "Tue"),
    ],
)
def test_a_moment_reads_as_near_as_it_is(spoken, back_ms, zh, en):
    assert formats.moment(NOW - back_ms, NOW) == said(spoken, zh, en)


def test_yesterday_is_the_day_before_and_not_less_than_a_day_ago(spoken):
    just_after_midnight = formats.midnight_ms(NOW) + MINUTE
    assert formats.moment(just_after_midnight - 2 * MINUTE, just_after_midnight) == said(
        spoken, "昨天 23:59", "Yesterday 23:59"
    )


@pytest.mark.parametrize(
    ("late_ms", "zh", "en"),
    [
        (1, "超时 1 分钟", "1 min late"),
        (2 * HOUR, "超时 2 小时", "2 hours late"),
        (3 * DAY, "超时 3 天", "3 days late"),
    ],
)
def test_what_is_overdue_says_for_how_long(spoken, late_ms, zh, en):
    assert formats.due(NOW - late_ms, NOW) == (said(spoken, zh, en), True)


def test_at_the_due_time_itself_nothing_is_overdue():
    assert formats.due(NOW, NOW) == ("16:30", False)


def test_the_last_sync_is_told_as_how_long_ago(spoken):
    assert formats.ago(None, NOW) == said(spoken, "从未", "never")
    assert formats.ago(NOW - 5_000, NOW) == said(spoken, "刚刚", "just now")
    assert formats.ago(NOW - 5 * MINUTE, NOW) == said(spoken, "5 分钟前", "5 min ago")


def test_a_local_day_begins_at_midnight_of_the_business_and_not_of_utc():
    assert formats.local(formats.midnight_ms(NOW)).isoformat() == "2026-11-22T00:00:00+08:00"
    assert formats.midnight_ms(NOW, days=1) - formats.midnight_ms(NOW) == DAY
