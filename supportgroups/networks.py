"""From where a request comes, as far as limits care."""

from ipaddress import IPv6Address, IPv6Network, ip_address

#: One household or phone is given this much of an IPv6 network, so it counts as one caller.
ONE_CALLER = 64


def caller_of(address: str | None) -> str:
    """Return the name under which the tries of an address are counted; "" for an unknown one."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), ONE_CALLER), strict=False))
