"""What a scenario looks at, by the product's own queries."""

from tests.scenarios.observations import deciding, designers, leads, loyalty, on_devices
from tests.scenarios.observations.registry import AT_SERVER, ON_DEVICE

__all__ = ["AT_SERVER", "ON_DEVICE", "deciding", "designers", "leads", "loyalty", "on_devices"]
