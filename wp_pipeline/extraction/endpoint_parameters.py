"""Changes the list of endpoints in Parameter Store, and names what it changes.

Stored endpoints stay as they are, because a discovery may not find them: a route that is in no
index, or one with parameters of its own. They are removed only if the list is to be replaced.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.endpoints.endpoint import (
    Endpoint,
    endpoints_from,
    entries_below,
    parse_endpoints,
    text_of,
    values_below,
)
from wp_pipeline.wordpress.errors import MalformedEndpoints
from wp_pipeline.wordpress.site.route_names import names_for

# Of a standard parameter: https://docs.aws.amazon.com/general/latest/gr/ssm.html
MOST_BYTES = 4096
PLAIN_NAME = re.compile(r"[A-Za-z0-9_./-]+")


class NotStored(Exception):
    """Why nothing was stored, or not all of it, and what to do; in one line without any URL."""


@dataclass(frozen=True)
class StoringPlan:
    """What storing changes, in names. `values` are those of the parameters to store, by name."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]
    values: Mapping[str, str] = field(repr=False)

    @property
    def changes_nothing(self) -> bool:
        return not (self.added or self.changed or self.removed)

    @property
    def line(self) -> str:
        """The difference in names, in one line."""
        parts = {
            "adds": self.added,
            "changes": self.changed,
            "keeps": self.kept,
            "removes": self.removed,
        }
        told = [f"{word} {', '.join(names)}" for word, names in parts.items() if names]
        return "; ".join(told) or "changes nothing"


@dataclass(frozen=True)
class EndpointsParameter:
    """The parameter with this name, or all below it if the name ends in `/`."""

    name: str

    @property
    def is_path(self) -> bool:
        return self.name.endswith("/")

    def values(self, endpoints: Iterable[Endpoint]) -> Mapping[str, str]:
        """Return the values that store these endpoints, by parameter. Raises NotStored."""
        endpoints = list(endpoints)
        if not endpoints:
            return {}
        if not PLAIN_NAME.fullmatch(self.name):
            raise NotStored(
                "the endpoints parameter is named by an ARN or with a version: to store it, name it"
                " by its plain name"
            )
        if self.is_path:
            values = values_below(self.name, endpoints)
        else:
            values = {self.name: text_of(endpoints)}
        require_readable(endpoints)
        for name, value in values.items():
            require_small(name, value, len(endpoints), is_path=self.is_path)
        return values

    def stored(self, store: ParameterStore) -> tuple[Endpoint, ...]:
        """Return the endpoints that are stored. Raises NotStored, or an AwsError."""
        try:
            if self.is_path:
                entries = entries_below(store.values_below(self.name))
                return endpoints_from(entries) if entries else ()
            text = store.values([self.name]).get(self.name, "").strip()
            return parse_endpoints(text) if text else ()
        except MalformedEndpoints as fault:
            reason = f"what {self.name} holds can't be read: it {fault}"
        raise NotStored(f"{reason}; correct it, or replace it by --replace")

    def plan(
        self, addresses: Sequence[Address], store: ParameterStore, *, replace: bool
    ) -> StoringPlan:
        """Return what storing these addresses changes. Raises NotStored, or an AwsError."""
        before = {one.name: one for one in self._before(store, replace=replace)}
        kept = () if replace else tuple(before.values())
        require_one_site(self.name, addresses, kept)
        known = {place_of(one.address) for one in kept}
        new = [one for one in addresses if place_of(one) not in known]
        names = names_for(new, [one.name for one in kept])
        added = [Endpoint(name, address) for name, address in zip(names, new, strict=True)]
        removed = set(before) - {one.name for one in (*kept, *added)}
        if removed and self.is_path:
            raise NotStored(
                f"below {self.name} are parameters that would stay: {', '.join(sorted(removed))};"
                " delete them, or run without --replace"
            )
        values = self.values(added if self.is_path else [*kept, *added])
        changed = {one.name for one in added if one.name in before and one != before[one.name]}
        return StoringPlan(
            added=tuple(name for name in names if name not in before),
            changed=tuple(name for name in names if name in changed),
            kept=tuple(name for name in before if name not in changed | removed),
            removed=tuple(name for name in before if name in removed),
            values=values,
        )

    def _before(self, store: ParameterStore, *, replace: bool) -> tuple[Endpoint, ...]:
        """Return what is stored; nothing if it can't be read and is to be replaced."""
        try:
            return self.stored(store)
        except NotStored:
            if not replace or self.is_path:
                raise
            return ()


def store_endpoints(plan: StoringPlan, store: ParameterStore, key: str = "") -> None:
    """Store every value as a SecureString. Raises NotStored, which says how far it came."""
    reason = ""
    for done, (name, value) in enumerate(plan.values.items()):
        try:
            store.put(name, value, key)
        except AwsError as failure:
            so_far = f" ({done} of {len(plan.values)} parameters were stored)" if done else ""
            reason = f"{failure}{so_far}"
            break
    if reason:
        raise NotStored(reason)


def require_one_site(name: str, addresses: Sequence[Address], kept: Sequence[Endpoint]) -> None:
    hosts = {one.origin.host.removeprefix("www.") for one in addresses}
    others = {one.address.origin.host.removeprefix("www.") for one in kept} - hosts
    if hosts and others:
        raise NotStored(
            f"{name} holds endpoints of another site; name another parameter for this one"
            " (WP_PIPELINE_ENDPOINTS_PARAMETER or --endpoints-parameter), or replace the list"
            " by --replace"
        )


def require_readable(endpoints: Sequence[Endpoint]) -> None:
    """Read the list back as a run does. Raises NotStored if it would not be the same."""
    try:
        read = parse_endpoints(text_of(endpoints))
    except MalformedEndpoints as fault:
        reason = f"a run could not read the list: it {fault}"
    else:
        if read == tuple(endpoints):
            return
        reason = "a run would read another list than this"
    raise NotStored(f"{reason}; write it by hand, as name=URL")


def require_small(name: str, value: str, count: int, *, is_path: bool) -> None:
    size = len(value.encode())
    if size <= MOST_BYTES:
        return
    advice = "leave it out by --without"
    if not is_path:
        advice = (
            "store each endpoint in a parameter of its own: set WP_PIPELINE_ENDPOINTS_PARAMETER"
            f" to a path that ends in `/`, such as {path_for(name)}"
        )
    raise NotStored(
        f"the {count} endpoints of {name} take {size:,} bytes, more than the {MOST_BYTES:,} of"
        f" a parameter; {advice}"
    )


def path_for(name: str) -> str:
    """Return a path to use instead of a name: `/a/endpoints/` for `/a/list`."""
    return f"{name.rpartition('/')[0]}/endpoints/"


def place_of(address: Address) -> tuple[str, str]:
    """Return what identifies an endpoint: its host and route, without the query."""
    return address.origin.host.removeprefix("www."), address.route.strip("/")
