"""A table by awswrangler, as the original job makes it: awswrangler_way.py FILE TABLE

The object is read from a file, as for the others; awswrangler writes to the fake AWS only.
"""

import json
import sys
from pathlib import Path

import awswrangler
import pandas

if __name__ == "__main__":
    frame = pandas.DataFrame(json.loads(Path(sys.argv[1]).read_bytes()))
    place = f"s3://bench/{Path(sys.argv[2]).name}"
    awswrangler.s3.to_parquet(frame, place)
    Path(sys.argv[2]).touch()
    print(f"rows={len(frame)}")
