"""HTTP routes, one module a part."""
