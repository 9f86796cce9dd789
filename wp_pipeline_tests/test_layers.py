"""Who may import whom: read from the source, so that a lazy import counts too."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import wp_pipeline

ROOT = Path(wp_pipeline.__file__).parent
DAGSTER = ("dagster", "dagster_aws", "dagster_shared")
ORCHESTRATION = ("wp_pipeline.orchestration", "wp_pipeline.definitions", "wp_pipeline.defs")


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


def is_below(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def modules_below(*packages: str) -> list[str]:
    return sorted(name for name in MODULES if is_below(name, *packages))


def ours_behind(name: str, seen: set[str]) -> set[str]:
    """All modules of ours that are imported by one, directly or through others."""
    for imported in imports_of(MODULES[name].read_text()):
        parts = imported.split(".")
        for end in range(1, len(parts) + 1):
            module = ".".join(parts[:end])
            if module in MODULES and module not in seen:
                seen.add(module)
                ours_behind(module, seen)
    return seen


COMMANDS = ("wp_pipeline.commands", "wp_pipeline.lambda_function", "wp_pipeline.sandbox")
AWS, HTTP = ("boto3", "botocore"), ("requests", "urllib3")
MIDDLE = ("wp_pipeline.extraction", "wp_pipeline.settings")

TOP = (*ORCHESTRATION, *COMMANDS)

# What a package or module must not import.
RULES = {
    "wp_pipeline.wordpress": ("wp_pipeline.aws", *AWS, *MIDDLE, *DAGSTER, *TOP),
    "wp_pipeline.aws": ("wp_pipeline.wordpress", *HTTP, *MIDDLE, *DAGSTER, *TOP),
    "wp_pipeline.extraction": (*AWS, *HTTP, *DAGSTER, *TOP),
    "wp_pipeline.orchestration": (
        *AWS, *HTTP, "wp_pipeline.definitions", "wp_pipeline.defs", *COMMANDS
    ),
    # It may know the version and home page that stand in the package itself, and nothing else.
    "wp_pipeline.settings": (
        "wp_pipeline.wordpress", "wp_pipeline.aws", "wp_pipeline.extraction",
        "wp_pipeline.library_logging", *AWS, *HTTP, *DAGSTER, *TOP
    ),
    "wp_pipeline.commands": (*AWS, *HTTP, *DAGSTER, *ORCHESTRATION),
    "wp_pipeline.lambda_function": (*AWS, *HTTP, *DAGSTER, *ORCHESTRATION),
}  # fmt: skip


@pytest.mark.parametrize("package", RULES)
def test_a_layer_imports_nothing_that_it_must_not_know(package):
    modules = modules_below(package)
    assert modules
    broken = [
        f"{module} imports {imported}"
        for module in modules
        for imported in imports_of(MODULES[module].read_text())
        if is_below(imported, *RULES[package])
    ]

    assert broken == []


def test_only_the_top_knows_dagster():
    knowing = {
        module
        for module, path in MODULES.items()
        if any(is_below(imported, *DAGSTER) for imported in imports_of(path.read_text()))
    }

    assert [
        m for m in sorted(knowing) if not is_below(m, *ORCHESTRATION, "wp_pipeline.sandbox")
    ] == []
    assert "wp_pipeline.orchestration.assets" in knowing


@pytest.mark.parametrize(
    "module",
    [
        "wp_pipeline.lambda_function",
        "wp_pipeline.commands",
        *modules_below("wp_pipeline.extraction"),
    ],
)
def test_nothing_behind_the_extraction_knows_dagster(module):
    behind = ours_behind(module, {module})

    assert [name for name in sorted(behind) if is_below(name, *ORCHESTRATION)] == []
    for name in behind:
        imported = list(imports_of(MODULES[name].read_text()))
        assert [one for one in imported if is_below(one, *DAGSTER)] == [], name


def test_nobody_but_the_sandbox_uses_the_sandbox():
    for module in MODULES:
        if not is_below(module, "wp_pipeline.sandbox"):
            imported = list(imports_of(MODULES[module].read_text()))
            assert [one for one in imported if is_below(one, "wp_pipeline.sandbox", "moto")] == []


@pytest.mark.parametrize(
    ("libraries", "modules"),
    [
        (
            ("requests",),
            [
                f"wp_pipeline.wordpress.http.{name}"
                for name in ("client", "connections", "transport_errors")
            ],
        ),
        (("boto3", "botocore.session"), ["wp_pipeline.aws.clients"]),
    ],
)
def test_nothing_else_opens_connections_to_a_side(libraries, modules):
    users = [
        name
        for name, path in sorted(MODULES.items())
        if any(is_below(imported, *libraries) for imported in imports_of(path.read_text()))
        and not is_below(name, "wp_pipeline.sandbox")
    ]

    assert users == modules


def test_imports_are_found_wherever_they_stand():
    source = "def f():\n    import boto3.session\n    from dagster import asset as a\n"

    assert list(imports_of(source)) == ["boto3.session", "dagster.asset"]


def test_the_lambda_function_loads_without_dagster_and_without_boto3s_half_second():
    code = (
        "import sys, wp_pipeline.lambda_function;"
        "print(sorted({n.partition('.')[0] for n in sys.modules} & {'dagster', 'boto3', 'moto'}))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert said.stdout.strip() == "[]"


def test_importing_anything_asks_for_no_network_and_no_setting():
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
