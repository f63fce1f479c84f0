"""What a scenario does, each verb by the product's own functions and routes."""

from tests.scenarios.verbs import deciding, designers, leads, loyalty, on_devices, syncing
from tests.scenarios.verbs.registry import ON_DEVICE, ONLINE

__all__ = ["ONLINE", "ON_DEVICE", "deciding", "designers", "leads", "loyalty", "on_devices", "syncing"]
