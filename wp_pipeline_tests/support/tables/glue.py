"""What Glue knows of a table."""

DATABASE = "lake"


def known(glue, name="posts"):
    return glue.get_table(DatabaseName=DATABASE, Name=name)["Table"]


def columns_in(table):
    return [(one["Name"], one["Type"]) for one in table["StorageDescriptor"]["Columns"]]
