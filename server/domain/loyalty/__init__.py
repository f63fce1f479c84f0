"""The points programme at the server: selling, returning, redeeming, leasing; each function works in the caller's transaction."""
