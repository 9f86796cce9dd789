"""A peer: dlt's `rest_api` source, written to its filesystem destination on S3 as JSON lines.

default: as its documentation starts; nested lists become tables of their own.
tuned:   what its performance guide offers: resources in parallel, no child tables, large buffers,
         no compression, and two processes to normalize, with files small enough to share.
         https://dlthub.com/docs/reference/performance
"""

import argparse
import os

BASE_SETTINGS = {
    "DESTINATION__FILESYSTEM__BUCKET_URL": "s3://bench/dlt",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
}
TUNED_SETTINGS = {
    "DATA_WRITER__BUFFER_MAX_ITEMS": "20000",
    "DATA_WRITER__DISABLE_COMPRESSION": "true",
    "NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION": "true",
    "EXTRACT__DATA_WRITER__FILE_MAX_ITEMS": "10000",
    "EXTRACT__WORKERS": "7",
    "EXTRACT__MAX_PARALLEL_ITEMS": "20",
    "NORMALIZE__WORKERS": "2",
    "LOAD__WORKERS": "8",
}
SETTINGS_OF = {"default": BASE_SETTINGS, "tuned": BASE_SETTINGS | TUNED_SETTINGS}


def credentials():
    """Return the AWS settings under dlt's names: it does not read AWS_ENDPOINT_URL."""
    prefix = "DESTINATION__FILESYSTEM__CREDENTIALS__"
    return {
        f"{prefix}ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"],
        f"{prefix}AWS_ACCESS_KEY_ID": os.environ["AWS_ACCESS_KEY_ID"],
        f"{prefix}AWS_SECRET_ACCESS_KEY": os.environ["AWS_SECRET_ACCESS_KEY"],
        f"{prefix}REGION_NAME": os.environ["AWS_DEFAULT_REGION"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", required=True)
    parser.add_argument("--variant", choices=SETTINGS_OF, required=True)
    parser.add_argument("collections", nargs="+")
    arguments = parser.parse_args()
    os.environ.update(SETTINGS_OF[arguments.variant] | credentials())
    load(arguments.site, arguments.collections, TUNERS[arguments.variant])


def as_it_comes(_resource):
    """Leave the resource alone."""


def in_parallel(resource):
    """Extract the resource beside the others, into one table."""
    resource.max_table_nesting = 0
    resource.parallelize()  # "parallelized" in the configuration changes nothing in dlt 1.31.


TUNERS = {"default": as_it_comes, "tuned": in_parallel}


def load(site, names, tune):
    import dlt  # Only now is the environment complete, which dlt reads.
    from dlt.sources.rest_api import rest_api_source

    source = rest_api_source(
        {
            "client": {"base_url": f"{site}/wp-json/", "paginator": {"type": "header_link"}},
            "resources": [
                {
                    "name": name,
                    "endpoint": {
                        "path": f"wp/v2/{name}",
                        "params": {"per_page": 100},
                        "data_selector": "$",
                    },
                    "write_disposition": "replace",
                }
                for name in names
            ],
        }
    )
    for resource in source.resources.values():
        tune(resource)
    pipeline = dlt.pipeline(
        pipeline_name="wordpress",
        destination="filesystem",
        dataset_name="wordpress",
        pipelines_dir="pipelines",
    )
    pipeline.run(source, loader_file_format="jsonl")


if __name__ == "__main__":
    main()
