"""Which network addresses may be connected to: public ones, and others only where the settings allow them.

A source's address, a redirect and a name's answer are all written by strangers; without this, any of them could make this
machine ask its own inner network.
"""

import ipaddress
import socket
from collections.abc import Sequence

from yusuan.landing.acquisition.errors import AcquisitionError, HostDownError
from yusuan.settings import ALLOW_PRIVATE

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Carries an IPv4 address in its last bytes; the standard library knows the other wrappings.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolve(host: str, port: int, allowed: Sequence[Network]) -> list[str]:
    """The addresses of a host, all of which may be connected to. Connect to these and not to the name, whose answer may
    be another one a moment later."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HostDownError(f"找不到主机 {host}；请核对地址，或检查网络与域名解析。", host) from None
    found = list(dict.fromkeys(str(answer[4][0]).partition("%")[0] for answer in answers))
    for address in found:
        if not permitted(ipaddress.ip_address(address), allowed):
            raise AcquisitionError(
                f"{host} 指向内部地址 {address}，没有访问；如确属可信的内网服务器，请设置环境变量 {ALLOW_PRIVATE}={address}。"
            )
    return found


def permitted(address: Address, allowed: Sequence[Network]) -> bool:
    if any(address.version == network.version and address in network for network in allowed):
        return True
    inner = _carried(address)
    if inner is not None:
        return permitted(inner, allowed)
    return address.is_global and not address.is_multicast


def _carried(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address only wraps."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
