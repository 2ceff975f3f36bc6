"""Who sends a request, as a pseudonym: the address itself is neither logged nor stored."""

from __future__ import annotations

import ipaddress

from sanic.request import Request

from bot.channels.pseudonym import keyed_hash
from clinic.secret import Secret

_IPV6_HOUSEHOLD = 64
"""Bits that one household or phone shares: it can change the rest at will."""


class Pseudonyms:
    """Turns a client's address into a short keyed hash."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def of(self, request: Request) -> str:
        """The same for every request of one client, and of no use without the signing key."""
        address = _household(request.remote_addr or request.ip or "")
        return keyed_hash(self._key, "client-address", address)


def _household(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        network = ipaddress.ip_network((parsed, _IPV6_HOUSEHOLD), strict=False)
        return str(network.network_address)
    return str(parsed)
