"""`field_for`: chooses the kind of field by a setting's declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.features.form.choice_fields import ChoiceField, FlagField
from tui.features.form.reference_field import ReferenceField
from tui.features.form.text_fields import TableField, TextField

if TYPE_CHECKING:
    from storage_core.declaration.setting import Setting
    from tui.features.form.field import Field


def field_for(setting: Setting, value: Any) -> Field:
    """Make the field of a setting with the value from the file."""
    if setting.reference:
        return ReferenceField(setting, value)
    if setting.choices:
        return ChoiceField(setting, value)
    kinds: dict[str, type[Field]] = {"flag": FlagField, "table": TableField}
    return kinds.get(setting.form, TextField)(setting, value)
