"""The scheme workshop: versions beside each other, a draft, what it would have done, and its publication."""
