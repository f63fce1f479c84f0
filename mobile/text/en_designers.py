"""English sentences about designers: referrals, commissions, levels, events."""

SENTENCES = {
    "role.designer": "Designer",
    "error.answered": "This order was rated before, so nothing was noted again.",
    "error.claim_fixed": "The phone, designer or showroom of a referral cannot be changed; it stays as it was. Register another.",
    "error.level": "There is no level {level}, so nothing was changed. Add it to the levels first.",
    "error.phone": "The phone number is wrong, so the referral was not taken. Please check the client's number.",
    "error.reason": "Please give a reason; nothing was changed yet.",
    "error.score": "The rating cannot be read, so it was not noted. Enter 0 to 5, such as 4.5.",
    "error.year_open": "The year {year} is not over or not reviewed yet, so nothing was changed. Try again once it is.",
}
