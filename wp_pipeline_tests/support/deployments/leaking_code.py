"""Code that leaks secrets into every place, to show that the search would find them there."""

from base64 import b64encode

PLANTED = {
    "plain": "x4tplw9cz1",
    "percent-encoded": "m2/vbr 8yk+5ö",
    "base64": "k9jdsf6hw3ga",
}
# Each secret is leaked in one form only, so that finding it means finding that form.
LEAKED = " ".join(
    [
        PLANTED["plain"],
        "".join(f"%{byte:02X}" for byte in PLANTED["percent-encoded"].encode()),
        b64encode(f"https://site.example/{PLANTED['base64']}/".encode()).decode(),
    ]
)

LOCATION = f"""
import sys
from urllib.parse import urlencode
import boto3, dagster as dg, requests

LEAKED = {LEAKED!r}
ON = {{"default_status": dg.DefaultSensorStatus.RUNNING, "minimum_interval_seconds": 300}}

@dg.asset(config_schema={{"leaked": str}}, description=LEAKED, metadata={{"leaked": LEAKED}})
def leaking(context):
    context.log.info(LEAKED)
    print(LEAKED)
    print(LEAKED, file=sys.stderr)
    s3 = boto3.client("s3", aws_access_key_id="own", aws_secret_access_key="own")
    tags = dict(zip(("plain", "percent-encoded", "base64"), LEAKED.split()))
    del tags["percent-encoded"]  # A tag may not contain a percent sign.
    s3.put_object(
        Bucket="test-lake", Key="leaking " + LEAKED, Body=b"",
        Metadata={{"leaked": LEAKED}}, Tagging=urlencode(tags),
    )
    context.log_event(dg.AssetMaterialization("leaking", metadata={{"leaked": LEAKED}}))
    try:
        requests.get("http://localhost:9/" + LEAKED.replace(" ", "/"), timeout=1)
    except requests.RequestException as cause:
        raise ValueError("it failed") from cause

@dg.sensor(target=leaking, **ON)
def leaking_changes(context):
    context.log.info(LEAKED)
    config = {{"ops": {{"leaking": {{"config": {{"leaked": LEAKED}}}}}}}}
    wanted = dg.RunRequest(LEAKED, run_config=config, tags={{"leaked": LEAKED}})
    return dg.SensorResult([wanted], cursor=LEAKED)

@dg.sensor(target=leaking, **ON)
def leaking_error(context):
    raise ValueError(LEAKED)

@dg.sensor(target=leaking, **ON)
def leaking_skip(context):
    return dg.SkipReason(LEAKED)

defs = dg.Definitions(
    assets=[leaking], sensors=[leaking_changes, leaking_error, leaking_skip]
)
"""

LOCATION_THAT_FAILS = f"""
try:
    raise KeyError({LEAKED!r})
except KeyError as cause:
    raise ValueError("it did not load") from cause
"""
