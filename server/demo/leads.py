"""Six weeks of leads with their calls, messages and visits: some overdue, some due today, some won."""

from server.demo.people import COLOURS, MATERIALS, STYLES, full_name, phone_number, some
from server.demo.scene import Scene
from server.importing.rows import Row
from shared_models.moments import DAY_MS, HOUR_MS
from shared_models.sales.tables import Channel, Intent, LeadStage, Outcome

LEADS = 420
SIX_WEEKS_DAYS = 42
_SOURCES = ("门店自然到访", "小红书", "抖音", "老客户介绍", "设计师推荐", "小区活动", "大众点评", "官网预约")
_CATEGORIES = ("沙发", "床", "餐桌", "衣柜", "全屋", "书房", "儿童房")
_STAGES = (
    (LeadStage.NEW, 12), (LeadStage.CONTACTED, 26), (LeadStage.VISITED, 24), (LeadStage.QUOTED, 16), (LeadStage.WON, 15),
    (LeadStage.LOST, 7),
)  # fmt: skip
_NOTES = {
    Channel.CALL: (
        "已介绍新品和活动，约本周到店",
        "在比较两家，重点问了交期",
        "新房下月收楼，先了解尺寸",
        "预算有调整，需要重新配单",
    ),
    Channel.MESSAGE: ("已发样板间照片和色卡", "发送了报价单，等家人商量", "确认了户型图，下次带量尺结果"),
    Channel.STORE_VISIT: (
        "和太太一起看了沙发，喜欢浅色布艺",
        "试坐了三款，倾向真皮",
        "带了户型图，按客厅配了一套",
        "二次到店，比较床垫软硬",
    ),
    Channel.HOME_VISIT: ("上门量尺完成，客厅 4.2 米开间", "复尺，门洞偏窄需要分件运输"),
}
_REMARKS = (
    "",
    "",
    "家里有两个孩子，要耐脏",
    "电梯较小，注意尺寸",
    "老人同住，床要硬一些",
    "业主自己做设计",
    "周末才有空",
)


def follow_leads(scene: Scene) -> None:
    """Make the leads and everything that was done for them, up to now."""
    stages, weights = zip(*_STAGES, strict=True)
    for number in range(LEADS):
        store = scene.stores[number % len(scene.stores)]
        sellers = scene.sellers_of(store)
        owner = sellers[number // len(scene.stores) % len(sellers)]
        stage = scene.random.choices(stages, weights)[0]
        lead = _lead(scene, number, store, owner, stage)
        if stage != LeadStage.NEW:
            _work(scene, lead, number)
        _plan_next(scene, lead)
        scene.leads.append(lead)


def _lead(scene: Scene, number: int, store: Row, owner: Row, stage: LeadStage) -> Row:
    random = scene.random
    # Fresh leads come in all the time; those that got further came earlier.
    days_ago = random.uniform(0, 3) if stage == LeadStage.NEW else random.uniform(2, SIX_WEEKS_DAYS)
    return scene.make(
        "lead",
        str(number),
        store_id=store["id"],
        owner_id=owner["id"],
        name=full_name(random),
        phone=phone_number(number),
        source=random.choice(_SOURCES),
        region=store["region"],
        category=random.choice(_CATEGORIES),
        stage=stage.value,
        intent=None if stage == LeadStage.NEW else random.choices(list(Intent), (30, 45, 25))[0].value,
        budget_fen=random.randrange(8, 160) * 100_000,
        styles=some(random, STYLES),
        colours=some(random, COLOURS),
        materials=some(random, MATERIALS),
        notes=random.choice(_REMARKS),
        inquired_at_ms=scene.moment(days_ago),
    )


def _work(scene: Scene, lead: Row, number: int) -> None:
    """What was done for a lead: mostly a call within the day, then a visit, then what its stage says."""
    random = scene.random
    at_ms = lead["inquired_at_ms"] + round(random.choice((0.5, 2, 5, 20, 30)) * HOUR_MS)
    channels = [Channel.CALL if random.random() < 0.7 else Channel.MESSAGE]
    if lead["stage"] in {LeadStage.VISITED, LeadStage.QUOTED, LeadStage.WON}:
        channels.append(Channel.STORE_VISIT)
    if lead["stage"] in {LeadStage.QUOTED, LeadStage.WON} and random.random() < 0.4:
        channels.append(Channel.HOME_VISIT)
    channels += random.choices((Channel.CALL, Channel.MESSAGE, Channel.STORE_VISIT), k=random.randint(0, 2))
    for step, channel in enumerate(channels):
        if at_ms > scene.now_ms:
            break
        outcome = (
            Outcome.NO_ANSWER
            if channel == Channel.CALL and step and random.random() < 0.3
            else Outcome.REACHED
        )
        _follow_up(scene, lead, f"{number}.{step}", channel, outcome, at_ms)
        at_ms += round(random.uniform(1, 5) * DAY_MS)


def _follow_up(scene: Scene, lead: Row, key: str, channel: Channel, outcome: Outcome, at_ms: int) -> None:
    random = scene.random
    reached = outcome == Outcome.REACHED
    visit = channel in {Channel.STORE_VISIT, Channel.HOME_VISIT}
    note = random.choice(_NOTES[channel]) if reached else "未接通"
    if reached and visit and lead["stage"] in {LeadStage.QUOTED, LeadStage.WON}:
        note += f"；报价 ¥{lead['budget_fen'] * random.randint(85, 105) // 1_000_000 * 100:,}"
    scene.make(
        "followup",
        key,
        lead_id=lead["id"],
        staff_id=lead["owner_id"],
        channel=channel.value,
        outcome=outcome.value,
        intent=lead["intent"] if reached else None,
        note=note,
        dwell_minutes=random.randint(15, 120) if visit else None,
        occurred_at_ms=at_ms,
    )
    if reached and lead["first_reached_at_ms"] is None:
        lead["first_reached_at_ms"] = at_ms
    lead["next_due_at_ms"] = at_ms


def _plan_next(scene: Scene, lead: Row) -> None:
    """When an open lead is due next: a new one after 24 hours (R14), of the others some overdue, some today, most ahead."""
    if lead["stage"] in {LeadStage.WON, LeadStage.LOST}:
        lead["next_due_at_ms"] = None
    elif lead["next_due_at_ms"] is None:
        lead["next_due_at_ms"] = lead["inquired_at_ms"] + DAY_MS
    else:
        days_ahead = scene.random.choices((-2, -1, 0, 1, 2, 4, 7), (4, 6, 14, 20, 20, 20, 16))[0]
        hour = scene.random.randint(9, 20)
        lead["next_due_at_ms"] = scene.today_ms() + days_ahead * DAY_MS + hour * HOUR_MS
