"""Gifts at the counter and in the back office: what is offered, what was redeemed, what is still to be handed over."""
