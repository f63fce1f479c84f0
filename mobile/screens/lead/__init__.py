"""One lead: who they are, what they want, what happened, what to do."""
