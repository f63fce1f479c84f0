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

    def line(self) -> str:
        """The figure as a line of JSON, `ok` telling whether it reaches its bar."""
        shown: dict[str, object] = {"name": self.name, "value": round(self.value, 3), "unit": self.unit}
        if self.bar is not None:
            shown["bar"] = self.bar
            shown["ok"] = self.value <= self.bar if self.at_most else self.value >= self.bar
        return json.dumps(shown)
