"""Chinese sentences about designers: referrals, commissions, levels, events."""

SENTENCES = {
    "role.designer": "设计师",
    "error.answered": "这张单已经评价过了，没有再记一次。",
    "error.claim_fixed": "报备好的客户不能改电话、设计师或门店，原来的还在。请另外报备一次。",
    "error.level": "没有「{level}」这个级别，没有改动。请先在级别方案里加上它。",
    "error.phone": "电话号码不对，没有报备。请核对客户的电话。",
    "error.reason": "请写明原因，还没有改动。",
    "error.score": "评分读不懂，没有记下。请填 0 到 5，如 4.5。",
    "error.year_open": "{year} 年还没有结束或还没有评定，没有改动。请等那一年结束后再试。",
}
