"""Today: who to follow up now, and who came by."""
