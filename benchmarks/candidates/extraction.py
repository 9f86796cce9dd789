"""The extraction alone, without command line, terminal output and Dagster.

A refused endpoint needs no exit status: its items are missing when the stored ids are compared.
"""

import gc

from wp_pipeline.extraction.run import run
from wp_pipeline.settings import Settings

if __name__ == "__main__":
    gc.disable()  # As the command does.
    for outcome in run(Settings.from_environment()):
        print(outcome.summary)
    gc.freeze()
    gc.enable()
