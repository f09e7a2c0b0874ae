"""The console of all commands."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.status import Status
from rich.text import Text

from wann.core.text import harmless


class HarmlessConsole(Console):
    """A console on which no text steers the terminal, alone or in a table."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Text as it is printed."""
        return super().render_str(harmless(text), **options)

    def status(self, status: Any, **options: Any) -> Status:
        """A line that stands while something goes on; it would take brackets for colours."""
        return super().status(Text(harmless(str(status))), **options)
