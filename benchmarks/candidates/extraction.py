"""The extraction alone, without command line, terminal output and Dagster.

A refused endpoint needs no exit status: its items are missing when the stored ids are compared.
"""

import gc


def main() -> None:
    gc.disable()  # Before anything is imported, as the command does.
    from wp_pipeline.extraction.run import run
    from wp_pipeline.settings import Settings

    for outcome in run(Settings.from_environment()):
        print(outcome.summary)
    gc.freeze()
    gc.enable()


if __name__ == "__main__":
    main()
