"""How a person likes the app: language and appearance, kept on the device."""

import flet as ft

from mobile.state.local import LocalFacts
from mobile.text import DEFAULT, use_language

THEMES = ("system", "light", "dark")


class Preferences(ft.Observable):
    """Language and appearance; setting one keeps it and draws the app again."""

    def __init__(self, facts: LocalFacts) -> None:
        """Read what was kept."""
        self._facts = facts
        kept = facts.read("preferences") or {}
        self.language: str = kept.get("language", DEFAULT)
        self.theme: str = kept.get("theme", "system")
        use_language(self.language)

    def choose_language(self, language: str) -> None:
        """Speak `zh` or `en` from now on."""
        use_language(language)
        self.language = language
        self.keep()

    def choose_theme(self, theme: str) -> None:
        """Show the app as one of `THEMES`."""
        self.theme = theme
        self.keep()

    def keep(self) -> None:
        """Write both to the device."""
        self._facts.write("preferences", {"language": self.language, "theme": self.theme})
