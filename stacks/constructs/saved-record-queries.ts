import { RECORDS_TABLE } from '../names';

/** A query as Athena saves it. */
export interface RecordQuery {
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

/** Days are what a query reads, and so costs, by. */
const LAST_WEEK = "day >= date_format(current_date - interval '7' day, '%Y-%m-%d')";

/** A row for each of a list's, under a name: Athena keeps a struct together (its guide, "Query AWS WAF logs"). */
const each = (list: string, one: string): string => `${RECORDS_TABLE} CROSS JOIN UNNEST(${list}) AS unnested (${one})`;

/** What the languages of the models end sentences with. */
const LAST_SENTENCE = "regexp_extract(turn.text, '[^.!?।]+[.!?।]* *$')";

/** Supervisors' questions about the last week, in the SQL of Athena's engine 3. */
export const RECORD_QUERIES: readonly RecordQuery[] = [
  {
    name: 'longest waits',
    description: 'When callers heard nobody for longest, and what the bot was waiting for.',
    sql: `SELECT day, callid, agent, wait."for" AS waiting_for, wait.startms AS at_ms, wait.durationms AS wait_ms
FROM ${each('waits', 'wait')}
WHERE ${LAST_WEEK}
ORDER BY wait_ms DESC
LIMIT 100`,
  },
  {
    name: 'most interrupted sentences',
    description:
      'By their first five words as far as these were heard, from level transcript on: what callers cut off.',
    sql: `SELECT agent, begins, count(*) AS times_cut, count(DISTINCT callid) AS in_calls
FROM (
  SELECT turn.agent AS agent, callid, array_join(slice(split(trim(${LAST_SENTENCE}), ' '), 1, 5), ' ') AS begins
  FROM ${each('turns', 'turn')}
  WHERE ${LAST_WEEK} AND turn."by" = 'bot' AND turn.iscut
)
WHERE begins <> ''
GROUP BY agent, begins
ORDER BY times_cut DESC
LIMIT 100`,
  },
  {
    name: 'tool failures by hour',
    description: 'Of each tool that failed in an hour (UTC): how often it ran, how often it failed, and how.',
    sql: `SELECT date_trunc('hour', date_add('millisecond', tool.startms, from_iso8601_timestamp(startedat))) AS hour,
  tool.name AS tool, count(*) AS runs, count_if(tool.outcome <> 'ok') AS failures,
  array_join(array_agg(DISTINCT tool.outcome) FILTER (WHERE tool.outcome <> 'ok'), ', ') AS outcomes
FROM ${each('tools', 'tool')}
WHERE ${LAST_WEEK}
GROUP BY 1, 2
HAVING count_if(tool.outcome <> 'ok') > 0
ORDER BY 1 DESC, failures DESC`,
  },
];
