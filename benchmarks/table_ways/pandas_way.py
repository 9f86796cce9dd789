"""A table by pandas, all of the object in memory: pandas_way.py FILE TABLE"""

import sys

import pandas

if __name__ == "__main__":
    frame = pandas.read_json(sys.argv[1])
    frame.to_parquet(sys.argv[2])
    print(f"rows={len(frame)}")
