"""The addresses on which processes listen, from /proc."""

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import NamedTuple

LISTEN = "0A"  # https://docs.kernel.org/networking/proc_net_tcp.html
PROC = Path("/proc")


class Listener(NamedTuple):
    address: IPv4Address | IPv6Address
    port: int


def listeners(pids: Iterable[int]) -> set[Listener]:
    """Return the addresses on which these processes listen, IPv4 and IPv6."""
    theirs = {socket for pid in pids for socket in sockets_of(pid)}
    tables = [table.read_text() for table in (PROC / "net").glob("tcp*")]  # tcp6 may be missing.
    rows = [line.split() for table in tables for line in table.splitlines()[1:]]
    return {parsed(row[1]) for row in rows if row[3] == LISTEN and row[9] in theirs}


def parsed(text: str) -> Listener:
    """Parse `0100007F:0BB8`, an address in words of this machine's byte order."""
    address, _, port = text.partition(":")
    words = [int(word, 16) for word in re.findall("." * 8, address)]
    packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    return Listener(ip_address(packed), int(port, 16))


def sockets_of(pid: int) -> Iterator[str]:
    """Yield the inodes of a process's sockets; none if it has ended."""
    with suppress(OSError):
        for entry in (PROC / str(pid) / "fd").iterdir():
            with suppress(OSError):
                yield from re.findall(r"^socket:\[(\d+)\]$", str(entry.readlink()))


def started_with(mark: str) -> set[int]:
    """Return the processes with this text in their environment, which descendants inherit."""
    found = set()
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError):
            if mark.encode() in (folder / "environ").read_bytes():
                found.add(int(folder.name))
    return found


def is_on_loopback(listener: Listener) -> bool:
    mapped = getattr(listener.address, "ipv4_mapped", None)
    return (mapped or listener.address).is_loopback
