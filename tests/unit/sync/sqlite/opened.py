"""The key of the files that these tests open."""

from __future__ import annotations

KEY = "0123456789abcdef" * 4
