"""A command that names its assets loads only their sites."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import pytest

from wp_pipeline.orchestration.sites.sites import sites_named
from wp_pipeline_tests.orchestration.sites.conftest import keys_of

KNOWN = ("blog", "shop", "shop_tables")


@pytest.mark.parametrize(
    ("selection", "sites"),
    [
        ('key:"blog/posts"', {"blog"}),
        ("key:blog/posts", {"blog"}),
        ("blog/posts", {"blog"}),
        ('key:"blog/tables/posts"', {"blog"}),
        ('key:"blog/*"', {"blog"}),
        ("group:blog", {"blog"}),
        ('group:"blog_tables"', {"blog"}),
        ("group:shop_tables", {"shop", "shop_tables"}),
        ('key:"blog/posts" or group:"shop"', {"blog", "shop"}),
        ("blog/posts, shop/pages OR shop/posts", {"blog", "shop"}),
    ],
)
def test_a_selection_of_keys_and_groups_names_its_sites(selection: str, sites: set[str]):
    assert sites_named(selection, KNOWN) == sites


@pytest.mark.parametrize(
    "selection",
    [
        "", "*", "posts", "blog", "key:posts", 'key:"*/posts"', "group:*", "tag:a=b", "kind:json",
        'key:"blog/posts"+', '+key:"blog/posts"', '2+key:"blog/posts"', 'not key:"blog/posts"',
        'key:"blog/posts" or tag:shop', 'key:"blog/posts" and kind:json', 'key:"blog/posts',
        'key_substring:"blog/posts"', 'sinks(key:"blog/posts")', 'key:"blog/posts",',
        'key:"other/posts"', "group:other", "blog/posts or other/posts",
    ],
)  # fmt: skip
def test_a_selection_of_anything_else_names_no_site(selection: str):
    assert sites_named(selection, KNOWN) == frozenset()


@pytest.mark.dagster_runs
@pytest.mark.parametrize("option", ["select", "assets"])
def test_a_command_loads_the_sites_that_it_names(project, option: str):
    for site in ("blog", "shop", "news"):
        project.add(site)
    with command(**{option: 'key:"blog/posts" or key:"news/posts"'}):
        assert keys_of(project.load()) == {"blog/posts", "news/posts"}


@pytest.mark.dagster_runs
@pytest.mark.parametrize("selection", ['key:"other/posts"', 'key:"blog/posts" or other/posts', "*"])
def test_a_command_that_names_another_site_loads_all(project, selection: str):
    for site in ("blog", "shop"):
        project.add(site)
    with command(select=selection):
        assert keys_of(project.load()) == {"blog/posts", "shop/posts"}


@contextmanager
def command(**options: str) -> Iterator[None]:
    """Be in a command of click's with these options, as `dagster asset materialize` is."""
    context = click.Context(click.Command("materialize"))
    context.params = dict(options)
    with context.scope():
        yield
