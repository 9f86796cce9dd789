"""Files with requests for AWS CLI, which only their owner may read.

AWS CLI v1 replaces a `--value` that begins with http by the web page there, so the value comes from
a file: https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-skeleton.html
"""

import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from wp_pipeline.aws.parameters import put_request
from wp_pipeline.extraction.endpoint_parameters import NotStored

COMMAND = "aws ssm put-parameter --cli-input-json file://{}"
ONLY_FOR_THE_OWNER = 0o600


def write_requests(file: Path, values: Mapping[str, str], key: str = "") -> list[str]:
    """Write a request for each parameter, and return the commands that send them.

    Several parameters are in several files: `endpoints.json` becomes `endpoints-posts.json`.
    Raises NotStored, which does not quote the file: it may be a URL or a login by mistake.
    """
    if not file.name or ":" in file.name:  # A login has a colon, and the commands show the name.
        raise NotStored("the file of --file has no name, or one with a colon; name another file")
    commands = []
    for name, value in values.items():
        last = name.rpartition("/")[2]
        place = file if len(values) == 1 else file.with_name(f"{file.stem}-{last}{file.suffix}")
        try:
            write_private(place, json.dumps(put_request(name, value, key), indent=2) + "\n")
        except OSError as failure:
            reason = f"the file of --file can't be written: {failure.strerror}; name another file"
            break
        commands.append(COMMAND.format(shlex.quote(str(place))))
    else:
        return commands
    raise NotStored(reason)


def write_private(file: Path, text: str) -> None:
    """Write a file with mode 0600. What it held before is removed first, with its mode."""
    file.unlink(missing_ok=True)
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_FOR_THE_OWNER)
    with os.fdopen(opened, "w") as stream:
        stream.write(text)
