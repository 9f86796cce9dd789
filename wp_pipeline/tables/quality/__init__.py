"""Rules about tables, as SQL that returns offenders."""
