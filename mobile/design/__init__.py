"""The design system: tokens, and the few components every screen is built from. See `docs/design-system.md`."""
