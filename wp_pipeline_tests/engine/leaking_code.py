"""Code that tells secrets in every place there is, to show that they would be found there."""

from base64 import b64encode

PLANTED = {
    "plain": "x4tplw9cz1",
    "percent-encoded": "m2/vbr 8yk+5ö",
    "base64": "k9jdsf6hw3ga",
}
# Each secret is told in one form only, so that finding it is finding that form.
TOLD = " ".join(
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

TOLD = {TOLD!r}
ON = {{"default_status": dg.DefaultSensorStatus.RUNNING, "minimum_interval_seconds": 300}}

@dg.asset(config_schema={{"told": str}}, description=TOLD, metadata={{"told": TOLD}})
def careless(context):
    context.log.info(TOLD)
    print(TOLD)
    print(TOLD, file=sys.stderr)
    s3 = boto3.client("s3", aws_access_key_id="own", aws_secret_access_key="own")
    told = dict(zip(("plain", "percent-encoded", "base64"), TOLD.split()))
    del told["percent-encoded"]  # A tag has no percent sign.
    s3.put_object(
        Bucket="test-lake", Key="careless " + TOLD, Body=b"",
        Metadata={{"told": TOLD}}, Tagging=urlencode(told),
    )
    context.log_event(dg.AssetMaterialization("careless", metadata={{"told": TOLD}}))
    try:
        requests.get("http://localhost:9/" + TOLD.replace(" ", "/"), timeout=1)
    except requests.RequestException as cause:
        raise ValueError("it failed") from cause

@dg.sensor(target=careless, **ON)
def careless_changes(context):
    context.log.info(TOLD)
    config = {{"ops": {{"careless": {{"config": {{"told": TOLD}}}}}}}}
    wanted = dg.RunRequest(TOLD, run_config=config, tags={{"told": TOLD}})
    return dg.SensorResult([wanted], cursor=TOLD)

@dg.sensor(target=careless, **ON)
def careless_error(context):
    raise ValueError(TOLD)

@dg.sensor(target=careless, **ON)
def careless_skip(context):
    return dg.SkipReason(TOLD)

defs = dg.Definitions(
    assets=[careless], sensors=[careless_changes, careless_error, careless_skip]
)
"""

LOCATION_THAT_FAILS = f"""
try:
    raise KeyError({TOLD!r})
except KeyError as cause:
    raise ValueError("it did not load") from cause
"""
