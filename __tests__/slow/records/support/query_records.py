"""Runs Athena's queries over records as they lie in a folder: sqlglot makes DuckDB's SQL of Athena's, DuckDB runs it.

stdin: {"folder", "table", "columns": [{"name", "type"}], "queries": [{"name", "sql"}]}; stdout: {name: rows}.
"""

import json
import pathlib
import sys
import tempfile

import duckdb
import sqlglot


def lower(value):
    """Hive's reader of JSON takes `callId` for `callid`, at every depth."""
    if isinstance(value, dict):
        return {key.lower(): lower(inner) for key, inner in value.items()}
    return [lower(inner) for inner in value] if isinstance(value, list) else value


given = json.load(sys.stdin)
types = {
    column["name"]: sqlglot.exp.DataType.build(column["type"], dialect="hive").sql("duckdb")
    for column in given["columns"]
}
with tempfile.NamedTemporaryFile("w", suffix=".json") as lines:
    for file in pathlib.Path(given["folder"]).glob("records/date=*/agent=*/*.json"):
        day = file.parent.parent.name.removeprefix("date=")
        for line in file.read_text().splitlines():
            lines.write(json.dumps({**lower(json.loads(line)), "day": day}) + "\n")
    lines.flush()
    database = duckdb.connect()
    rows = database.read_json(lines.name, format="newline_delimited", columns={**types, "day": "VARCHAR"})
    rows.create(given["table"])

answers = {}
for query in given["queries"]:
    (sql,) = sqlglot.transpile(query["sql"], read="athena", write="duckdb")
    asked = database.execute(sql)
    names = [column[0] for column in asked.description]
    answers[query["name"]] = [dict(zip(names, row)) for row in asked.fetchall()]
json.dump(answers, sys.stdout, default=lambda value: value.isoformat())
