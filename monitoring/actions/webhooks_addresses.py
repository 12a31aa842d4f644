"""Where a webhook may go: never into the network of the server, unless the operator lists the place."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from monitoring.actions.refusals import ActionRefused

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

PORTS = {"https": 443, "http": 80}
LONGEST_URL = 500
LOCAL_NAMES = {"localhost", "127.0.0.1", "::1"}
# IPv6 networks that carry an IPv4 address inside, and at which byte: NAT64 (RFC 6052), 6to4 (RFC 3056).
CARRIERS = ((ipaddress.IPv6Network("64:ff9b::/96"), 12), (ipaddress.IPv6Network("2002::/16"), 2))
# Refused whole: NAT64 of a site's own choice (RFC 8215), Teredo (RFC 4380), site-local addresses of old (RFC 3879).
NEVER = tuple(ipaddress.IPv6Network(each) for each in ("64:ff9b:1::/48", "2001::/32", "fec0::/10"))


class AddressRefused(ActionRefused):
    """A webhook would go where it may not."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: the host by its name for TLS and the Host header, and the one place to connect to."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the operator lists, as in MRD_WEBHOOK_ALLOW; `local` lets a developer's machine be reached."""

    names: frozenset[str] = frozenset()
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    local: bool = False

    @classmethod
    def of(cls, entries: Sequence[str], *, local: bool = False) -> "Allowed":
        """Read the list: addresses and networks as such, everything else as host or host:port."""
        names, networks = set(), []
        for entry in entries:
            try:
                networks.append(ipaddress.ip_network(entry, strict=False))
            except ValueError:
                names.add(entry.lower())
        return cls(frozenset(names), tuple(networks), local)

    def lists_name(self, host: str, port: int) -> bool:
        """Whether the host is listed by its name."""
        return bool({host, f"{host}:{port}"} & self.names) or (self.local and host in LOCAL_NAMES)

    def lists_address(self, address: IPAddress) -> bool:
        """Whether the address is listed."""
        return any(address in network for network in self.networks)


def look_up(host: str, port: int) -> list[str]:
    """Ask the resolver for the addresses of a host."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def check(url: str, allowed: Allowed, *, resolve: Resolve = look_up) -> Target:
    """Return where to connect for a url; raises AddressRefused, saying why, unless every address of it is public."""
    scheme, host, port, path = _parts(url)
    if scheme != "https" and not (allowed.lists_name(host, port) or allowed.networks):
        raise AddressRefused(_("Only https:// addresses are taken."))
    try:
        found = [ipaddress.ip_address(each.partition("%")[0]) for each in resolve(host, port)]
    except (OSError, UnicodeError, ValueError) as error:
        raise AddressRefused(_("The host %(host)s is not known.") % {"host": host}) from error
    if not found:
        raise AddressRefused(_("The host %(host)s is not known.") % {"host": host})
    is_listed = allowed.lists_name(host, port) or all(map(allowed.lists_address, found))
    if scheme != "https" and not is_listed:
        raise AddressRefused(_("Only https:// addresses are taken."))
    if not is_listed and not all(is_public(each) or allowed.lists_address(each) for each in found):
        raise AddressRefused(_("The host %(host)s lies in a network that webhooks may not reach.") % {"host": host})
    return Target(scheme, host, port, path, str(found[0]))


def _parts(url: str) -> tuple[str, str, int, str]:
    """Take a url apart, strictly: what two readers could read in two ways is refused."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>^`{|}'):
        raise AddressRefused(_("This is no web address."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(_("This is no web address.")) from error
    if parts.scheme not in PORTS or not parts.hostname or port == 0:
        raise AddressRefused(_("Only https:// addresses are taken."))
    if "@" in parts.netloc or parts.fragment:
        raise AddressRefused(_("A user name, a password or a # has no place in this address."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname.rstrip("."), port or PORTS[parts.scheme], path


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the open internet, also where an IPv4 address hides in it."""
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in network for network in NEVER):
            return False
        inside = address.ipv4_mapped or _carried(address)
        if inside is not None:
            return is_public(inside)
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
        or address.is_link_local or address.is_private
    )  # fmt: skip


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    for network, start in CARRIERS:
        if address in network:
            return ipaddress.IPv4Address(address.packed[start : start + 4])
    return None
