"""Who may import whom, and how large a module or a folder may be.

Imports are read from the source, so that a lazy import counts too. docs/architecture.md describes
the same rules.
"""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from inspect import getattr_static
from pathlib import Path

import pytest

import wp_pipeline

ROOT = Path(wp_pipeline.__file__).parent
MOST_LINES = 250
MOST_MODULES = 10

DAGSTER = ("dagster", "dagster_aws", "dagster_graphql", "dagster_shared")
AWS = ("boto3", "botocore")
HTTP = ("requests", "urllib3")
REPORT = "wp_pipeline.report"
INTERNALS = "wp_pipeline.orchestration.dagster_internals"
TABLES = "wp_pipeline.tables"
TOP = (
    "wp_pipeline.orchestration",
    "wp_pipeline.definitions",
    "wp_pipeline.defs",
    "wp_pipeline.commands",
    "wp_pipeline.lambda_function",
    "wp_pipeline.sandbox",
)
MIDDLE = (
    "wp_pipeline.extraction", "wp_pipeline.settings", "wp_pipeline.setting_types",
    "wp_pipeline.setting_variables", "wp_pipeline.setting_texts",
)  # fmt: skip
WORDPRESS = "wp_pipeline.wordpress"
# The floors of wordpress/ from top to bottom; each may import those below it.
FLOORS = ("site", "reading", "collections", "answers", "http", "endpoints")
# Below them; they import no other module of wordpress/.
LOWEST = ("errors", "completeness", "places", "columns")

# What a package or module must not import.
FORBIDDEN = {
    WORDPRESS: ("wp_pipeline.aws", *AWS, *MIDDLE, *DAGSTER, REPORT, TABLES, *TOP),
    "wp_pipeline.aws": (WORDPRESS, *HTTP, *MIDDLE, *DAGSTER, REPORT, TABLES, *TOP),
    "wp_pipeline.extraction": (*AWS, *HTTP, *DAGSTER, REPORT, TABLES, *TOP),
    REPORT: (*AWS, *HTTP, *DAGSTER, TABLES, *TOP),
    TABLES: (*AWS, *HTTP, *DAGSTER, REPORT, *TOP),
    "wp_pipeline.orchestration": (
        *AWS, *HTTP, "wp_pipeline.definitions", "wp_pipeline.defs", "wp_pipeline.commands",
        "wp_pipeline.lambda_function", "wp_pipeline.sandbox",
    ),
    "wp_pipeline.commands": (*AWS, *HTTP, *DAGSTER, "wp_pipeline.orchestration", REPORT),
    "wp_pipeline.lambda_function": (*AWS, *HTTP, *DAGSTER, "wp_pipeline.orchestration", REPORT),
    # Every layer may use these, so they use none.
    "wp_pipeline.settings": (
        WORDPRESS, "wp_pipeline.aws", "wp_pipeline.extraction", *AWS, *HTTP, *DAGSTER, *TOP
    ),
    "wp_pipeline.setting_variables": (WORDPRESS, "wp_pipeline.aws", *AWS, *HTTP, *DAGSTER, *TOP),
    "wp_pipeline.setting_texts": (WORDPRESS, "wp_pipeline.aws", *AWS, *HTTP, *DAGSTER, *TOP),
    "wp_pipeline.setting_types": ("wp_pipeline.", *AWS, *HTTP, *DAGSTER),
    "wp_pipeline.fault": ("wp_pipeline.", *AWS, *HTTP, *DAGSTER),
    "wp_pipeline.clock": ("wp_pipeline.", *AWS, *HTTP, *DAGSTER),
    "wp_pipeline.observer": ("wp_pipeline.", *AWS, *HTTP, *DAGSTER),
    "wp_pipeline.library_logging": ("wp_pipeline.", *AWS, *HTTP, *DAGSTER),
    **{
        f"{WORDPRESS}.{floor}": tuple(f"{WORDPRESS}.{above}" for above in FLOORS[:number])
        for number, floor in enumerate(FLOORS)
        if number
    },
    **{f"{WORDPRESS}.{module}": (f"{WORDPRESS}.",) for module in LOWEST},
}  # fmt: skip


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in ROOT.rglob("*.py")}


def imports_of(source: str) -> Iterator[str]:
    """Yield the modules that a source imports, wherever in it; `a.b` for `from a import b`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def imported_by(module: str) -> list[str]:
    return list(imports_of(MODULES[module].read_text()))


def is_below(name: str, *packages: str) -> bool:
    """Whether a name is one of the packages or in one; a package may end in a dot: only in it."""
    return any(
        name == package or name.startswith(f"{package.rstrip('.')}.") for package in packages
    )


def modules_below(*packages: str) -> list[str]:
    return sorted(name for name in MODULES if is_below(name, *packages))


def ours_behind(name: str, seen: set[str]) -> set[str]:
    """Return all modules of ours that one imports, directly or through others."""
    for imported in imported_by(name):
        parts = imported.split(".")
        for end in range(1, len(parts) + 1):
            module = ".".join(parts[:end])
            if module in MODULES and module not in seen:
                seen.add(module)
                ours_behind(module, seen)
    return seen


@pytest.mark.parametrize("package", FORBIDDEN)
def test_a_layer_imports_nothing_that_it_must_not_know(package):
    modules = modules_below(package)
    assert modules
    broken = [
        f"{module} imports {imported}"
        for module in modules
        for imported in imported_by(module)
        if is_below(imported, *FORBIDDEN[package])
    ]

    assert broken == []


def test_every_module_of_wordpress_is_on_a_floor():
    on_a_floor = {f"{WORDPRESS}.{floor}" for floor in (*FLOORS, *LOWEST)}

    assert [m for m in modules_below(WORDPRESS) if not is_below(m, *on_a_floor)] == [WORDPRESS]


def test_only_the_top_imports_dagster():
    using = {m for m in MODULES if any(is_below(name, *DAGSTER) for name in imported_by(m))}
    allowed = [module for module in TOP if "commands" not in module and "lambda" not in module]

    assert [m for m in sorted(using) if not is_below(m, *allowed)] == []
    assert "wp_pipeline.orchestration.assets" in using


def internal_attributes() -> set[str]:
    """Return the methods and properties of these classes that Dagster does not call public.

    Left out are names that public methods, or components, have too.
    """
    import dagster as dg
    from dagster._annotations import is_public

    classes = (
        dg.ComponentTree, dg.DagsterEvent, dg.DagsterInstance, dg.Definitions,
        dg.ExecutorDefinition, dg.SensorEvaluationContext,
    )  # fmt: skip
    names = set()
    for one in classes:
        for name in dir(one):
            value = getattr_static(one, name)
            called = getattr(value, "fget", None) or getattr(value, "__func__", value)
            if not name.startswith("_") and callable(called) and not is_public(called):
                names.add(name)
    also_public = {"asset_materialization", "asset_observation", "build_defs", "count", "log"}
    return names - also_public


def test_dagsters_internals_are_used_in_one_package():
    using = [
        module
        for module in sorted(MODULES)
        if any("._" in name and is_below(name, *DAGSTER) for name in imported_by(module))
    ]
    internal = internal_attributes()
    attributes = [
        f"{module} uses {node.attr}"
        for module in modules_below("wp_pipeline.orchestration", "wp_pipeline.sandbox")
        if not is_below(module, INTERNALS)
        for node in ast.walk(ast.parse(MODULES[module].read_text()))
        if isinstance(node, ast.Attribute) and node.attr in internal
    ]

    assert using == [f"{INTERNALS}.definitions", f"{INTERNALS}.instance"]
    assert {"get_records_for_run", "step_failure_data", "resolve_job_def"} <= internal
    assert attributes == []


@pytest.mark.parametrize(
    "module",
    [
        "wp_pipeline.lambda_function",
        *modules_below("wp_pipeline.commands", "wp_pipeline.extraction", REPORT, TABLES),
    ],
)
def test_nothing_behind_the_extraction_imports_dagster(module):
    behind = ours_behind(module, {module})

    assert [name for name in sorted(behind) if is_below(name, "wp_pipeline.orchestration")] == []
    for name in behind:
        assert [one for one in imported_by(name) if is_below(one, *DAGSTER)] == [], name


def test_only_the_sandbox_uses_the_sandbox_and_the_sample_site():
    for module in MODULES:
        if not is_below(module, "wp_pipeline.sandbox"):
            used = ("wp_pipeline.sandbox", "sample_site", "moto")
            assert [one for one in imported_by(module) if is_below(one, *used)] == []


@pytest.mark.processes
def test_only_the_report_needs_its_extra():
    users = [m for m in MODULES if any(is_below(one, "pygal", "jinja2") for one in imported_by(m))]
    code = (
        "import sys; sys.modules.update(pygal=None, jinja2=None);"
        "import wp_pipeline.orchestration.site, wp_pipeline.orchestration.report.dagster_history"
    )

    assert sorted(users) == ["wp_pipeline.report.charts", "wp_pipeline.report.page"]
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=60)


@pytest.mark.processes
def test_only_tables_need_their_extra():
    users = [m for m in MODULES if any(is_below(one, "duckdb") for one in imported_by(m))]
    code = (
        "import sys; sys.modules.update(duckdb=None);"
        "import wp_pipeline.orchestration.site, wp_pipeline.tables.build;"
        "import wp_pipeline.tables.quality.user_rules, wp_pipeline.tables.joins.built_in;"
        "import wp_pipeline.commands.sql, wp_pipeline.tables.registration"
    )

    assert [m for m in users if not is_below(m, TABLES)] == []
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("libraries", "modules"),
    [
        (
            ("requests",),
            [
                f"{WORDPRESS}.http.{name}"
                for name in (
                    "client",
                    "connections",
                    "failures.transport_errors",
                    "redirects",
                    "request_builder",
                )
            ],
        ),
        (("boto3", "botocore.session"), ["wp_pipeline.aws.clients"]),
    ],
)
def test_nothing_else_opens_connections(libraries, modules):
    users = [
        name
        for name in sorted(MODULES)
        if any(is_below(imported, *libraries) for imported in imported_by(name))
        and not is_below(name, "wp_pipeline.sandbox")
    ]

    assert users == modules


def test_only_http_and_the_list_of_endpoints_read_the_text_of_an_address():
    endpoints = f"{WORDPRESS}.endpoints"
    allowed = (f"{WORDPRESS}.http", f"{endpoints}.address", f"{endpoints}.endpoint")
    reads = {
        f"{module}: {ast.unparse(node)}"
        for module, path in MODULES.items()
        if not is_below(module, *allowed)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "url"
    }

    assert reads == {  # Of no `Address`.
        "wp_pipeline.commands.discovery.printing: report.url",
        "wp_pipeline.sandbox.__main__: server.url",
    }


def test_imports_are_found_wherever_they_are():
    source = "def f():\n    import boto3.session\n    from dagster import asset as a\n"

    assert list(imports_of(source)) == ["boto3.session", "dagster.asset"]


def sources_beside_the_package() -> Iterator[Path]:
    """Yield the modules of the sample site and of the benchmarks, without virtual environments."""
    for folder in ("sample_site", "benchmarks"):
        for path in (ROOT.parent / folder).rglob("*.py"):
            if not any(part.startswith(".") for part in path.relative_to(ROOT.parent).parts):
                yield path


SOURCES = [*MODULES.values(), *sources_beside_the_package()]


def test_no_module_is_too_long():
    lengths = {
        path.relative_to(ROOT.parent).as_posix(): len(path.read_text().splitlines())
        for path in SOURCES
    }

    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_folder_has_too_many_modules():
    counts = Counter(
        path.parent.relative_to(ROOT.parent).as_posix()
        for path in SOURCES
        if path.name != "__init__.py"
    )

    assert {name: count for name, count in counts.items() if count > MOST_MODULES} == {}


def test_every_module_says_what_it_does():
    silent = [
        module
        for module, path in MODULES.items()
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_the_lambda_function_loads_without_dagster_and_without_boto3s_half_second():
    code = (
        "import sys, wp_pipeline.lambda_function;"
        "print(sorted({n.partition('.')[0] for n in sys.modules}"
        " & {'dagster', 'boto3', 'moto', 'rich', 'click'}))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert printed.stdout.strip() == "[]"


@pytest.mark.processes
def test_an_extraction_loads_without_what_only_other_commands_and_refreshes_need():
    unneeded = {
        "boto3", "botocore.session", "dagster", "duckdb", "moto", "rich",
        f"{WORDPRESS}.site.discovery", f"{WORDPRESS}.site.index", f"{WORDPRESS}.site.login",
        f"{WORDPRESS}.site.diagnosis", "wp_pipeline.extraction.refresh.top_up",
    }  # fmt: skip
    code = (
        f"import sys, wp_pipeline.commands.extract; print(sorted({unneeded!r} & {{*sys.modules}}))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert printed.stdout.strip() == "[]"


@pytest.mark.processes
def test_importing_anything_uses_no_network_and_no_setting():
    modules = [m for m in sorted(MODULES) if not m.endswith("__main__")]
    code = f"""
import os, socket, sys
def forbidden(*arguments): raise AssertionError("asked for the network")
socket.socket.connect = forbidden
os.environ["WP_PIPELINE_CONCURRENCY"] = "nonsense"
import importlib
for name in {modules!r}: importlib.import_module(name)
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=60)
