"""`wp-pipeline sql`: answers a question from the stored tables."""

import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import click

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.commands.options import setting_options
from wp_pipeline.commands.show import ABSENT, age_of
from wp_pipeline.commands.terminal import log_to_terminal, print_table
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.extraction.outcomes import readable_size
from wp_pipeline.settings import Settings, SettingsError
from wp_pipeline.tables.errors import ExtraMissing, TableError
from wp_pipeline.tables.parquet.database import load_duckdb
from wp_pipeline.tables.querying.errors import QueryError
from wp_pipeline.tables.querying.folder import TablesFolder
from wp_pipeline.tables.querying.formats import cells, csv_lines, json_lines
from wp_pipeline.tables.querying.listing import Listed, listed
from wp_pipeline.tables.querying.of_site import tables_of
from wp_pipeline.tables.querying.tables import QueryAnswer, StoredTables, open_tables
from wp_pipeline.tables.store import TableStore

ANSWERED, FAILED, BAD_CONFIGURATION, INTERRUPTED = 0, 1, 2, 130
MEMORY = 1024  # MB
MOST_SHOWN = 1000  # rows of a table that a person reads
NUMBER = re.compile(r"[A-Z]*INT|INTEGER|DOUBLE|FLOAT|DECIMAL\(.*\)")
HEAD = ("table", "rows", "size", "age", "columns")
# Statements that list the tables: DuckDB would list only those that a statement named before.
LISTS = ("", "SHOW TABLES", "SHOW ALL TABLES")
CSV, JSON, TABLE = "csv", "json", "table"

log = logging.getLogger("wp_pipeline")


@click.command(short_help="Ask the tables a question in SQL.")
@click.argument("statement", default="")
@click.option("--list", "is_list", is_flag=True, help="List the tables and their columns.")
@click.option("--csv", "form", flag_value=CSV, help="Print CSV, with all rows.")
@click.option("--json", "form", flag_value=JSON, help="Print JSON, with all rows.")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Ask the tables in this folder, such as those of make run, and not those in S3.",
)
@setting_options("bucket_parameter", "prefix")
def sql(statement: str, is_list: bool, form: str | None, folder: Path | None, **given: Any) -> int:
    """Answer one SELECT STATEMENT of DuckDB's SQL from the stored tables.

    Without a statement, the tables are listed. Tables that the statement names are copied to a
    temporary folder, which is removed. Nothing else can be read, and nothing is changed. The tables
    hold what the site sent, such as names and e-mail addresses: do not print them into logs.

    Exit status: 0 answered, 1 the question, AWS or the output failed, 2 settings or parameters are
    wrong, or DuckDB is not installed, 130 Ctrl-C.

    \b
    Examples:
      wp-pipeline sql
      wp-pipeline sql "SELECT title_text, date FROM posts ORDER BY date DESC LIMIT 5"
      wp-pipeline sql --csv "SELECT * FROM comments" > comments.csv
    """
    if is_list and statement:
        raise click.UsageError("--list takes no statement")
    log_to_terminal()
    try:
        load_duckdb()
        store = TablesFolder(folder) if folder else tables_of(Settings.from_environment(**given))
        if statement.strip("; \n").upper() in LISTS:
            print_list(list(tables_in(store)), form or TABLE, store.none)
        else:
            answer_to(statement, store, form or TABLE)
        sys.stdout.flush()
    except (SettingsError, ConfigurationError, ExtraMissing) as error:
        log.error(error)
        return BAD_CONFIGURATION
    except (AwsError, QueryError, TableError) as error:
        log.error(error)
        return FAILED
    except KeyboardInterrupt:
        log.error("stopped")
        return INTERRUPTED
    except BrokenPipeError:  # Whoever read the output, such as head, has enough.
        give_up_output()
    except OSError as error:
        give_up_output()
        log.error(f"the answer can't be written: {error.strerror}; free some space, or set TMPDIR")
        return FAILED
    return ANSWERED


def give_up_output() -> None:
    """Discard what is left in the buffer of standard output, so that the exit is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tables_in(store: TableStore | TablesFolder) -> Iterator[Listed]:
    return store.listed() if isinstance(store, TablesFolder) else listed(store)


def answer_to(statement: str, store: StoredTables, form: str) -> None:
    with open_tables(store, MEMORY) as tables:
        answer = tables.ask(statement)
        if form == TABLE:
            print_answer(answer)
        else:
            print_lines(form, list(answer.columns), answer.rows())


def print_answer(answer: QueryAnswer) -> None:
    rows = list(islice(answer.rows(), MOST_SHOWN + 1))
    texts = [name for name, kind in answer.columns.items() if not NUMBER.fullmatch(kind)]
    print_table(cells(list(answer.columns)), map(cells, rows[:MOST_SHOWN]), texts)
    if len(rows) > MOST_SHOWN:
        log.info(f"these are the first {MOST_SHOWN:,} rows; --csv and --json print all")


def print_lines(form: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    lines = csv_lines if form == CSV else json_lines
    for line in lines(columns, rows):
        print(line)


def print_list(tables: list[Listed], form: str, none: str) -> None:
    if form == JSON:
        print(json.dumps([asdict(table) for table in tables], indent=1, ensure_ascii=False))
    elif form == CSV:
        print_lines(CSV, ["table", "column", "type"], columns_in(tables))
    else:
        print_table(HEAD, map(cells_of, tables))
    if not tables:
        log.info(none)


def columns_in(tables: list[Listed]) -> Iterator[tuple[str, str, str]]:
    for table in tables:
        yield from ((table.name, column, kind) for column, kind in table.columns.items())


def cells_of(table: Listed) -> tuple[str, ...]:
    return (
        table.name,
        ABSENT if table.rows is None else f"{table.rows:,}",
        ABSENT if table.size is None else readable_size(table.size),
        age_of(table.extracted_at or None),
        ", ".join(cells([f"{column} {kind}" for column, kind in table.columns.items()])),
    )
