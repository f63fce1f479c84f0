"""What a person types is never lost: not by another language, not by a kill, and no tap by a list that is drawn anew."""

from tests.e2e.conftest import MakeTablet
from tests.e2e.leads import FreshLead
from tests.e2e.people import SELLER
from tests.e2e.running_server import PASSWORD


def test_what_is_typed_outlives_another_language_a_kill_and_a_list_that_is_drawn_anew(
    tablet: MakeTablet, fresh_lead: FreshLead
) -> None:
    a = tablet("typing")
    a.start()
    a.enter("login-code", SELLER)
    a.enter("login-password", PASSWORD)
    a.tap("language-en")
    a.wait_until(lambda: "Log in" in a.spoken("login-submit"), "the page to speak English")
    a.tap("language-zh")
    a.wait_until(lambda: "登录" in a.spoken("login-submit"), "the page to speak Chinese")
    a.tap("login-submit")
    a.wait_for("today-ready")
    a.wait_until_it_starts_offline()

    a.tap("go-leads")
    a.wait_for("leads")
    lead = fresh_lead(SELLER)
    a.enter("search", lead.name)
    a.tap(f"lead-{lead.id}")
    a.wait_for("needs")

    a.tap("new-lead")
    a.enter("new-name", "欧阳若曦")
    a.enter("new-category", "岩板餐桌")
    a.wait_until(lambda: a.read("new-category") == "岩板餐桌", "the last letter to be taken")
    a.kill()
    a.start(offline=True)
    a.tap("go-leads")
    a.wait_for("leads")
    a.tap("new-lead")
    a.wait_for("restored")
    assert a.read("new-name") == "欧阳若曦"
    assert a.read("new-category") == "岩板餐桌"
    a.tap("cancel")
    a.wait_until_gone("restored")
