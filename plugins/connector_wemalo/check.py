"""What `connector check` finds out about a Wemalo account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connector.api import AuthenticationError, ConnectorError, Finding, Http
from connector_wemalo.mapping import profile_ids
from connector_wemalo.service import GET_PROFILES
from connector_wemalo.settings import WemaloSettings
from connector_wemalo.wire import Profiles

_NO_PROFILES: Final = Finding(
    what="dispatcher profiles",
    ok=False,
    level="warning",
    advice="no dispatcher profile in Wemalo has a matching id, so Wemalo chooses how every order is shipped",
)


async def findings(http: Http, settings: WemaloSettings) -> Sequence[Finding]:
    """Asks for the dispatcher profiles, which needs the token and changes nothing."""
    try:
        profiles = await http.call(GET_PROFILES, Profiles)
    except AuthenticationError as error:
        advice = (
            f"{error}; copy the token of the merchant's Wemalo Connect account again, without the word JWT"
        )
        return [Finding(what="token", ok=False, advice=advice)]
    except ConnectorError as error:
        return [Finding(what=f"Wemalo at base_url {settings.base_url}", ok=False, advice=str(error))]
    ids = profile_ids(profiles)
    accepted = Finding(what="token is accepted by Wemalo", ok=True)
    return [accepted] if ids else [accepted, _NO_PROFILES]
