"""Words of the sync screen in Chinese: the proof, and who decides."""

SENTENCES = {
    "proof.title": "和服务器一致吗",
    "proof.hint": "逐类数一遍本机和服务器上的记录，比对内容；不一致的可以单独重取，待同步的不受影响。",
    "proof.check": "核对",
    "proof.busy": "正在核对…",
    "proof.equal": "完全一致，共 {n} 条记录。",
    "proof.unequal": "有 {n} 类和服务器不一致，点修复重新取回。",
    "proof.counts": "本机 {here} 条，服务器 {there} 条",
    "proof.same": "一致",
    "proof.differs": "不一致",
    "proof.repair": "修复",
    "scope.company": "公司资料",
    "scope.staff": "分给我的",
    "scope.store": "门店资料",
    "scope.manager": "门店全部线索",
    "sync.base": "原来",
}
