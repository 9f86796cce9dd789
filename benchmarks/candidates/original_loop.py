"""The original script: one request after another; all items in memory, encoded again, then put."""

import argparse
import json

import boto3
import requests


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", required=True)
    parser.add_argument("collections", nargs="+")
    arguments = parser.parse_args()
    s3 = boto3.client("s3")
    session = requests.Session()
    for name in arguments.collections:
        items = all_items(session, f"{arguments.site}/wp-json/wp/v2/{name}")
        s3.put_object(
            Bucket="bench",
            Key=f"wordpress-api/{name}.json",
            Body=json.dumps(items),
            ContentType="application/json",
        )


def all_items(session, url):
    items, page, last = [], 1, 1
    while page <= last:
        response = session.get(url, params={"per_page": 100, "page": page}, timeout=30)
        response.raise_for_status()
        items.extend(response.json())
        last = int(response.headers["X-WP-TotalPages"])
        page += 1
    return items


if __name__ == "__main__":
    main()
