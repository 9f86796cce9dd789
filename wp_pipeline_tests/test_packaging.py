import re
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest
import yaml

from wp_pipeline import HOME_PAGE, __version__
from wp_pipeline.commands.__main__ import COMMANDS, main
from wp_pipeline.setting_texts import help_text, table_rows
from wp_pipeline.setting_variables import EXECUTOR
from wp_pipeline.settings import DECLARED, Settings, environment_name

ROOT = Path(__file__).parents[1]

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # moto's server and pytest bring it on 3.10


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_setup_py_is_a_shim():
    source = (ROOT / "setup.py").read_text()

    assert re.sub(r'""".*?"""', "", source, flags=re.DOTALL).split() == [
        "from", "setuptools", "import", "setup", "setup()",
    ]  # fmt: skip


def test_the_installed_version_is_that_of_the_project(project):
    assert version("wp-pipeline") == __version__
    assert project["project"]["urls"]["Homepage"] == HOME_PAGE


def test_the_console_script_is_our_main(project):
    (script,) = entry_points(group="console_scripts", name="wp-pipeline")

    assert script.load() is main
    assert project["project"]["scripts"] == {"wp-pipeline": script.value}


def test_dagsters_ui_lists_the_component_with_each_setting_and_its_meaning(project):
    group = "dagster_dg_cli.registry_modules"
    (module,) = entry_points(group=group, name="wp_pipeline")
    attributes = module.load().WordPressSite.model().model_json_schema()["properties"]

    assert project["project"]["entry-points"][group] == {"wp_pipeline": module.value}
    for setting in DECLARED:
        assert attributes[setting]["description"] == help_text(setting)


def test_the_workspace_and_dg_name_the_same_code_location(project):
    (loaded,) = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"]

    assert loaded["python_module"]["module_name"] == "wp_pipeline.definitions"
    ours = project["tool"]["dg"]["project"]
    assert loaded["python_module"]["location_name"] == ours["code_location_name"]
    assert ours["root_module"] == "wp_pipeline"


def test_what_the_definitions_load_is_packaged(project):
    patterns = project["tool"]["setuptools"]["package-data"]["wp_pipeline"]
    package = ROOT / "wp_pipeline"
    packaged = {path for pattern in patterns for path in package.glob(pattern)}

    assert package / "defs" / "amazonwebshark" / "defs.yaml" in packaged
    assert set(package.rglob("defs.yaml")) <= packaged
    assert set(package.rglob("*.sql")) <= packaged
    for folder in {path.parent for path in package.rglob("*.py")}:
        assert (folder / "__init__.py").exists(), f"{folder} would not be packaged"


def test_the_table_of_settings_is_that_of_the_code():
    rows = re.findall(
        r"^\| *`(WP_PIPELINE_[A-Z_]+)` *\| *([^|]*?) *\|", settings_page(), re.MULTILINE
    )
    documented = {name: default.strip("`") for name, default in rows}
    defaults = Settings()

    assert list(documented) == [environment_name(n) for n in (*DECLARED, EXECUTOR)]
    for name in DECLARED:
        default = getattr(defaults, name)
        if isinstance(default, bool):
            assert documented[environment_name(name)] == str(default).lower(), name
        elif isinstance(default, (int, float)):
            shown = re.sub(r"[ ,_]", "", documented[environment_name(name)])
            assert float(re.match(r"[\d.]+", shown)[0]) == default, name
        elif name == "user_agent":
            shown = documented[environment_name(name)]
            shown = shown.replace("<version>", __version__).replace("<home page>", HOME_PAGE)
            assert shown == default
        elif isinstance(default, str) and default:
            assert documented[environment_name(name)] == default


def test_the_table_of_settings_is_generated_from_their_declaration():
    assert re.findall(r"^\| `WP_PIPELINE_.*$", settings_page(), re.MULTILINE) == table_rows()


def test_the_readme_names_the_commands_that_there_are():
    text = readme()

    for command in (
        "make run",
        "make ui",
        "make test",
        *(f"wp-pipeline {one}" for one in COMMANDS),
    ):
        assert command in text
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", text)) <= targets


def readme() -> str:
    return (ROOT / "README.md").read_text()


def settings_page() -> str:
    return (ROOT / "docs" / "settings.md").read_text()
