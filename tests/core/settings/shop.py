"""Settings classes of two plugins that exist for these tests only, and a settings folder to put files into."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from connector.secret import Secret
from connector.settings import Known, SettingsFolder


class ShopSettings(msgspec.Struct, frozen=True, kw_only=True):
    username: Annotated[str, Meta(description="Who we are in the shop.")]
    api_password: Annotated[Secret, Meta(description="Password of the interface.")]
    order_state_id: Annotated[int, Meta(ge=1, le=50, description="State of orders to import.")] = 3
    received_state_id: Annotated[int | None, Meta(description="State of received orders.")] = None
    tax_rate: Annotated[float, Meta(ge=0, description="Tax.")] = 0.19
    failed_tag: Annotated[bool, Meta(description="Mark orders that can't be shipped.")] = True
    mode: Annotated[Literal["live", "trial"], Meta(description="Which shop.")] = "live"
    profiles: Annotated[dict[str, str], Meta(description="Names of shipping profiles.")] = {}

    def __post_init__(self) -> None:
        if self.username == self.api_password.reveal():
            raise ValueError(f"the username must not be the password {self.api_password.reveal()}")


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    token: Annotated[Secret, Meta(description="Who we are in the warehouse.")]
    label: Annotated[str, Meta(description="A label.")] = ""


class BellSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Of a plugin that is neither source nor target."""

    volume: Annotated[int, Meta(ge=0, description="How loud.")] = 1
    to: Annotated[dict[str, Secret], Meta(description="Whom it rings for.")] = {}


class Rounding(msgspec.Struct, frozen=True, kw_only=True):
    digits: int = 2


KNOWN = Known(
    sources={"shop": ShopSettings, "corner-shop": ShopSettings},
    targets={"store": StoreSettings},
    steps={"resolve_sets": bool, "skip_digital": bool, "rename": dict[str, str], "round": Rounding},
    others={"door-bell": BellSettings},
)

ACME = """
[source]
plugin = "shop"
username = "erika@example.com"
[target]
plugin = "store"
"""
SECRETS = """
[clients.acme.source]
api_password = "acme-password"
[plugins.store]
token = "common-token"
"""


def settings_folder(
    root: Path, files: Mapping[str, str], environ: Mapping[str, str] | None = None
) -> SettingsFolder:
    """Writes the files of a working client `acme`, and `files` over them; a secrets file gets mode 600."""
    folder = root / "config"
    for name, text in {"clients/acme.toml": ACME, ".secrets.toml": SECRETS, **files}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
    return SettingsFolder(folder, environ or {})
