"""What a scenario looks at, by the product's own queries."""

from tests.scenarios.observations import leads, loyalty
from tests.scenarios.observations.registry import AT_SERVER, ON_DEVICE

__all__ = ["AT_SERVER", "ON_DEVICE", "leads", "loyalty"]
