"""Audits pinned packages with pip-audit: tools/audit.py constraints.txt [more of its options].

Ends with 1 where a vulnerability is known, with 2 where the audit fails, and otherwise with 0; also
where the data can't be reached from here, which it then says. pip-audit's own status tells none of
these apart: it is 1 for a finding, for a network that is down and for a fault, and 0 for packages
that could not be looked up. What it writes does.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# What must be found, or else the data is none: PYSEC-2021-333 and others.
PLANTED = "sqlparse==0.4.1"
PIP_AUDIT = (sys.executable, "-m", "pip_audit", "--vulnerability-service", "osv")
OPTIONS = ("--format", "json", "--progress-spinner", "off", "--no-deps", "--disable-pip")
# pip-audit lets requests' errors through, except for one that it rewords.
UNREACHABLE = re.compile(
    r"^requests\.exceptions\.(ConnectionError|ProxyError|SSLError|ConnectTimeout|ReadTimeout)\b"
    r"|^requests\.exceptions\.HTTPError: (429|5\d\d)\b"
    r"|Could not connect to OSV",
    re.MULTILINE,
)

Dependency = Mapping[str, Any]


class Unreachable(Exception):
    """The data can't be reached from here."""


class AuditFailed(Exception):
    """Why nothing can be said of the packages."""


def main(constraints: str, *options: str) -> int:
    pins = pins_of(Path(constraints).read_text())
    try:
        found = [one for layer in layers(pins) for one in audited(layer, options)]
    except Unreachable:
        print(f"NOT AUDITED: {constraints}: the data on vulnerabilities can't be reached from here")
        return 0
    except AuditFailed as reason:
        print(f"{constraints} could not be audited: {reason}", file=sys.stderr)
        return 2
    vulnerable = [one for one in found if one["vulns"]]
    for one in vulnerable:
        print("\n".join(lines_of(one)))
    print(f"{len(pins)} pins audited: {len(vulnerable) or 'none'} with a known vulnerability")
    return 1 if vulnerable else 0


def pins_of(text: str) -> list[str]:
    """Return all `name==version`, also those for other Pythons than this one."""
    lines = (line.partition("#")[0].partition(";")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def layers(pins: Iterable[str]) -> list[list[str]]:
    """Part the pins so that no package comes twice in a list, which pip-audit would refuse."""
    parted: list[dict[str, str]] = []
    for pin in pins:
        name = name_of(pin)
        layer = next((layer for layer in parted if name not in layer), None)
        if layer is None:
            parted.append(layer := {name_of(PLANTED): PLANTED})
        layer[name] = pin
    return [list(layer.values()) for layer in parted]


def name_of(pin: str) -> str:
    """Return a package's name as pip-audit writes it."""
    return re.sub(r"[-_.]+", "-", pin.partition("==")[0]).lower()


def audited(pins: Sequence[str], options: Sequence[str]) -> list[Dependency]:
    """Return what pip-audit says of each pin but the planted one.

    Raises Unreachable or AuditFailed.
    """
    with TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text("\n".join(pins))
        command = [*PIP_AUDIT, *OPTIONS, "--requirement", str(requirements), *options]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own program)
    found = {one["name"]: one for one in dependencies_of(ended.stdout, ended.stderr)}
    left_out = [pin for pin in pins if "vulns" not in found.get(name_of(pin), {})]
    if left_out:
        raise AuditFailed(f"pip-audit left out {', '.join(left_out)}")
    if not found.pop(name_of(PLANTED))["vulns"]:
        raise AuditFailed(f"the data knows nothing against {PLANTED}, and so is not the right one")
    return list(found.values())


def dependencies_of(output: str, errors: str) -> list[Dependency]:
    """Read pip-audit's JSON, which it writes only when it has asked for all."""
    try:
        return json.loads(output)["dependencies"]
    except ValueError:
        if UNREACHABLE.search(errors):
            raise Unreachable from None
        raise AuditFailed(reason_of(errors)) from None


def reason_of(errors: str) -> str:
    """Return the line that counts: pip-audit's own word, or else how its traceback ends."""
    lines = errors.strip().splitlines() or ["pip-audit said nothing"]
    return next((line for line in lines if line.startswith("ERROR:")), lines[-1])


def lines_of(vulnerable: Dependency) -> list[str]:
    subject = f"{vulnerable['name']} {vulnerable['version']}"
    return [
        f"{subject}: {', '.join([one['id'], *one['aliases']])};"
        f" fixed in {', '.join(one['fix_versions']) or 'no version yet'}"
        for one in vulnerable["vulns"]
    ]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
