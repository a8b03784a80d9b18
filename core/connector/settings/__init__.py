"""The settings of clients and of the framework: files and environment in, frozen typed structs out (SPEC C1 to C5)."""

from connector.settings.common import CLIENTS_FOLDER, SECRETS_FILE, SETTINGS_FILE
from connector.settings.describe import describe
from connector.settings.folder import DEFAULT_FOLDER, SettingsFolder, settings_path
from connector.settings.schema import (
    ClientBasics,
    ClientSettings,
    CommonSettings,
    Draft,
    FlowSwitches,
    Known,
    PluginChoice,
    Resolved,
    SettingHelp,
    StateSettings,
    StepChoice,
    Value,
    WebSettings,
    WorkerSettings,
)
from connector.settings.words import type_in_words

__all__ = [
    "CLIENTS_FOLDER",
    "DEFAULT_FOLDER",
    "SECRETS_FILE",
    "SETTINGS_FILE",
    "ClientBasics",
    "ClientSettings",
    "CommonSettings",
    "Draft",
    "FlowSwitches",
    "Known",
    "PluginChoice",
    "Resolved",
    "SettingHelp",
    "SettingsFolder",
    "StateSettings",
    "StepChoice",
    "Value",
    "WebSettings",
    "WorkerSettings",
    "describe",
    "settings_path",
    "type_in_words",
]
