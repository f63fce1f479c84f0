"""One measured figure, printed as one JSON object a line."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its unit and, where there is one, the bar it has to reach; `at_most` says on which side."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    at_most: bool = False

    failed: str = ""
    """Why there is no figure: it then counts as missing its bar."""

    def line(self) -> str:
        """The figure as a line of JSON, `ok` telling whether it reaches its bar."""
        if self.failed:
            return json.dumps({"name": self.name, "failed": self.failed, "ok": False})
        shown: dict[str, object] = {"name": self.name, "value": round(self.value, 3), "unit": self.unit}
        if self.bar is not None:
            shown["bar"] = self.bar
            shown["ok"] = self.value <= self.bar if self.at_most else self.value >= self.bar
        return json.dumps(shown)
