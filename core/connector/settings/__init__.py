"""The settings of clients and of the framework: files and environment in, frozen typed structs out (SPEC C1 to C5)."""

from connector.settings.describe import describe
from connector.settings.folder import SettingsFolder, settings_path
from connector.settings.schema import (
    ClientBasics,
    ClientSettings,
    CommonSettings,
    FlowSwitches,
    Known,
    PluginChoice,
    Resolved,
    SettingHelp,
    StateSettings,
    StepChoice,
    Value,
    WorkerSettings,
)
from connector.settings.words import type_in_words

__all__ = [
    "ClientBasics",
    "ClientSettings",
    "CommonSettings",
    "FlowSwitches",
    "Known",
    "PluginChoice",
    "Resolved",
    "SettingHelp",
    "SettingsFolder",
    "StateSettings",
    "StepChoice",
    "Value",
    "WorkerSettings",
    "describe",
    "settings_path",
    "type_in_words",
]
