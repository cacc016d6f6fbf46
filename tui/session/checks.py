"""`TestResult`: how the connection test of one configuration ended."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from storage_core.check import StepResult


class TestResult(NamedTuple):
    """How the last connection test of one configuration ended."""

    when: datetime
    steps: tuple[StepResult, ...]
    complete: bool
    """False when it was cancelled."""

    digest: str = ""
    """The digest of the settings that were tested; see `Results`."""

    old: bool = False
    """Whether the settings have changed since."""

    @property
    def ok(self) -> bool:
        return self.complete and all(step.ok for step in self.steps)

    @property
    def signed_in(self) -> bool:
        """Whether a server has accepted the credentials, however the test ended."""
        return any(step.ok and step.step.name == "sign in" for step in self.steps)

    @property
    def seconds(self) -> float:
        return sum(step.seconds or 0.0 for step in self.steps)

    @property
    def failure(self) -> StepResult | None:
        return next((step for step in self.steps if not step.ok), None)
