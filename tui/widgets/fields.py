"""`field_for`: the field of a form that suits a setting's declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.widgets.choice_fields import ChoiceField, FlagField
from tui.widgets.reference_field import ReferenceField
from tui.widgets.text_fields import TableField, TextField

if TYPE_CHECKING:
    from storage_core.declaration.setting import Setting
    from tui.widgets.field import Field


def field_for(setting: Setting, value: Any) -> Field:
    """The field, holding what the file says."""
    if setting.reference:
        return ReferenceField(setting, value)
    if setting.choices:
        return ChoiceField(setting, value)
    kinds: dict[str, type[Field]] = {"flag": FlagField, "table": TableField}
    return kinds.get(setting.form, TextField)(setting, value)
