"""`make lambda` builds a zip that runs with what AWS Lambda has, and nothing else."""

import json
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from modulefinder import ModuleFinder
from pathlib import Path
from zipfile import ZipFile

import pytest

from wp_pipeline_tests.fakes.subscriber import Subscriber

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LARGEST = 15_000_000  # bytes
OURS = f"{sys.version_info.major}.{sys.version_info.minor}"
ARCH = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
# The SDK in Lambda's runtime, and what it needs. Its urllib3 may be too old for us.
SDK = ("botocore", "dateutil", "jmespath", "six.py")
MOST_SECONDS, MOST_MEMORY = 10, 150  # for a small site on a busy machine; in MB
# Where Lambda puts the zip, the SDK comes last:
# https://docs.aws.amazon.com/lambda/latest/dg/python-package.html#python-package-searchpath
INVOKE = """
import json, pathlib, sys, time
began = time.monotonic()
task, runtime, event = sys.argv[1:]
sys.path.insert(0, task)
sys.path.append(runtime)

class Context:
    aws_request_id = "4f1c"
    def get_remaining_time_in_millis(self):
        return int(1000 * (900 - time.monotonic() + began))

from wp_pipeline.lambda_function import lambda_handler
try:
    result = lambda_handler(json.loads(event), Context())
except Exception as error:
    result = str(error)
(peak,) = [
    one for one in pathlib.Path("/proc/self/status").read_text().splitlines() if "VmHWM" in one
]
files = [getattr(module, "__file__", None) or "" for module in sys.modules.values()]
print(json.dumps({
    "result": result,
    "seconds": time.monotonic() - began,
    "memory": int(peak.split()[1]) / 1000,
    "elsewhere": [one for one in files if "site-packages" in one and not one.startswith(task)],
    "urllib3": sys.modules["urllib3"].__file__,
}))
"""


def build(folder: Path, python_version: str = OURS, arch: str = ARCH) -> Path:
    """Run `make lambda`, in the environment of this test."""
    built = folder / "lambda.zip"
    make = shutil.which("make") or "make"
    variables = {
        "VENV": sys.prefix, "ARCH": arch, "PYTHON_VERSION": python_version, "ZIP": built
    }  # fmt: skip
    command = [make, "-o", f"{sys.prefix}/.installed", "lambda"]
    command += [f"{name}={value}" for name, value in variables.items()]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return built


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def invoke(built, tmp_path_factory) -> Callable[..., dict]:
    """Invokes the handler where there is only Python, the zip's content and Lambda's SDK."""
    folder = tmp_path_factory.mktemp("lambda")
    task, runtime = folder / "task", folder / "runtime"
    with ZipFile(built) as opened:
        opened.extractall(task)
    (runtime / "urllib3").mkdir(parents=True)
    (runtime / "urllib3" / "__init__.py").write_text("raise ImportError('that of the runtime')")
    for name in SDK:
        (runtime / name).symlink_to(Path(sysconfig.get_path("purelib")) / name)

    def invoking(event: object = None) -> dict:
        command = [sys.executable, "-I", "-S", "-B", "-c", INVOKE]
        command += [str(task), str(runtime), json.dumps(event)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    return invoking


@pytest.mark.processes
def test_two_builds_have_the_same_bytes(built, tmp_path):
    assert build(tmp_path).read_bytes() == built.read_bytes()


@pytest.mark.processes
@pytest.mark.parametrize("arch", ["x86_64", "arm64"])
def test_the_zip_is_small_and_holds_what_lambda_does_not_have(tmp_path, arch):
    with ZipFile(build(tmp_path, "3.12", arch)) as opened:
        entries = opened.infolist()
    names = [entry.filename for entry in entries]
    compiled = [name for name in names if name.endswith(".so")]

    assert (tmp_path / "lambda.zip").stat().st_size <= LARGEST
    assert names == sorted(names, key=lambda name: name.split("/"))
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert "wp_pipeline/lambda_function.py" in names
    assert not {name.partition("/")[0] for name in names} & {"bin", "dagster", "boto3", *SDK}
    assert not [name for name in names if "__pycache__" in name or "/orchestration/" in name]
    assert any("cpython-312" in name for name in compiled)
    assert all(({"arm64": "aarch64"}.get(arch, arch)) in name for name in compiled)


@pytest.mark.processes
def test_the_zip_extracts_a_site_where_there_is_only_what_lambda_has(invoke, world):
    world.extract_these("posts", "tags")
    invoked = invoke({"mode": "changes", "only": ["posts"]})

    assert invoked["result"] == {"total": 1, "published": 1, "unchanged": 0, "refused": 0}
    assert len(world.rows("posts")) == 7
    assert invoked["elsewhere"] == []
    assert "/task/" in invoked["urllib3"]
    assert invoked["seconds"] < MOST_SECONDS
    assert invoked["memory"] < MOST_MEMORY


@pytest.mark.processes
def test_the_zip_tells_of_a_refused_endpoint(invoke, world):
    subscriber = Subscriber(world.aws.client)
    world.extract_these("tags", also=f"a={world.url('x/a')}")

    assert invoke()["result"].startswith("a: HTTP 404")
    (message,) = subscriber.messages()
    assert message["Subject"] == "amazonwebshark: failed: a"


def test_the_extra_has_the_ranges_of_the_dependencies():
    extra = PROJECT["optional-dependencies"]["lambda"]

    assert set(extra) < set(PROJECT["dependencies"])
    assert not [one for one in extra if "dagster" in one]


def test_the_handler_imports_the_packages_of_the_extra_and_botocore():
    finder = ModuleFinder([str(ROOT)])
    finder.import_hook("wp_pipeline.lambda_function")
    imported = {name.partition(".")[0] for name in finder.any_missing()}
    extra = {one.partition(">")[0] for one in PROJECT["optional-dependencies"]["lambda"]}

    packages = imported - sys.stdlib_module_names
    assert packages == {"botocore", *(name.replace("-", "_") for name in extra)}
