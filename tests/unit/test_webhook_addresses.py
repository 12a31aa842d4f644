"""Where a webhook may go: the open internet by https, and what the operator lists."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.actions.webhooks_addresses import AddressRefused, Allowed, check, is_public

PUBLIC = "93.184.216.34"
INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fc00::1", "fec0::1", "ff02::1",
    "2001:db8::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:1:2:3:4:5:6", "::7f00:1",
]  # fmt: skip
NOTHING = Allowed()


def to(*addresses: str):  # type: ignore[no-untyped-def]
    return lambda _host, _port: list(addresses)


def test_a_public_host_is_reached_at_the_address_that_was_checked() -> None:
    target = check("https://ehr.example/in?x=1", NOTHING, resolve=to(PUBLIC))
    assert (target.host, target.port, target.path, target.address) == ("ehr.example", 443, "/in?x=1", PUBLIC)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        check("https://ehr.example/", NOTHING, resolve=to(address))


@pytest.mark.parametrize("address", INSIDE)
def test_one_address_inside_among_public_ones_is_enough_to_refuse(address: str) -> None:
    with pytest.raises(AddressRefused):
        check("https://ehr.example/", NOTHING, resolve=to(PUBLIC, address))


@pytest.mark.parametrize(
    "url",
    [
        "http://ehr.example/", "ftp://ehr.example/", "https://", "https:///path", "//ehr.example/", "https://u@ehr.example/",
        "https://u:p@ehr.example/", "https://ehr.example/#part", "https://ehr.example:0/", "https://ehr.example:99999/",
        "https://ehr.example\\@inside/", "https://ehr.example/a b", "https://ehr.example/\r\nX: y", "https://[::1", "",
        "https://ehr.example/" + "a" * 500, "javascript:alert(1)", "file:///etc/passwd", "https://éhr.example/",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        check(url, NOTHING, resolve=to(PUBLIC))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "localhost", "127.1"]
)
def test_loopback_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(AddressRefused):
        check(f"https://{host}/", NOTHING)


def test_a_host_that_is_not_known_is_refused() -> None:
    def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(AddressRefused):
        check("https://ehr.example/", NOTHING, resolve=nowhere)
    with pytest.raises(AddressRefused):
        check("https://ehr.example/", NOTHING, resolve=to())


@pytest.mark.parametrize("entry", ["ehr.inside", "ehr.inside:8443", "10.1.2.3", "10.1.0.0/16"])
def test_what_the_operator_lists_is_reached_by_http_as_well(entry: str) -> None:
    allowed = Allowed.of([entry])
    assert check("http://ehr.inside:8443/", allowed, resolve=to("10.1.2.3")).address == "10.1.2.3"


@pytest.mark.parametrize("entry", ["inside", "ehr.inside:9", "10.2.0.0/16", "10.1.2.4"])
def test_what_is_merely_near_a_listed_place_is_not(entry: str) -> None:
    with pytest.raises(AddressRefused):
        check("https://ehr.inside:8443/", Allowed.of([entry]), resolve=to("10.1.2.3"))


def test_a_listed_network_does_not_open_the_one_beside_it() -> None:
    with pytest.raises(AddressRefused):
        check("https://ehr.inside/", Allowed.of(["10.1.0.0/16"]), resolve=to("10.1.2.3", "10.2.2.3"))


def test_a_developer_reaches_the_own_machine_and_nothing_else() -> None:
    own = Allowed.of([], local=True)
    assert check("http://localhost:8080/", own, resolve=to("127.0.0.1")).port == 8080
    with pytest.raises(AddressRefused):
        check("http://ehr.inside/", own, resolve=to("127.0.0.1"))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_as_public_in_ipv6_clothes_as_without(address: ipaddress.IPv4Address) -> None:
    inside = int(address)
    clothes = [
        ipaddress.IPv6Address((0xFFFF << 32) | inside),
        ipaddress.IPv6Address((0x0064FF9B << 96) | inside),
        ipaddress.IPv6Address((0x2002 << 112) | (inside << 80)),
    ]
    assert {is_public(each) for each in clothes} == {is_public(address)}


@given(st.ip_addresses())
def test_nothing_public_is_private(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(address):
        assert address.is_global
        assert True not in {address.is_private, address.is_loopback, address.is_link_local, address.is_multicast}
