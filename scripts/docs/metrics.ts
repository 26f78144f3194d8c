import { ALL_EVENTS, ALL_METRICS, LOG_LINES } from '../../contract/telemetry/catalogue';
import { markdownTable } from './markdown-table';

const INTRODUCTION = `# Numbers and log lines

What the bot tells an operator, and where. This page is made from \`contract/telemetry/\` by
\`npm run docs\`; the bot records by those entries, and metric filters, alarms, the dashboard and the saved
queries are made of it, so none of them can name what is not emitted.

| where                    | what                                                                                  | switched on by                |
| ------------------------ | ------------------------------------------------------------------------------------- | ----------------------------- |
| \`GET /metrics\`           | Prometheus text; every name begins with \`voice_agent_\`                                | always                        |
| CloudWatch, _measured_   | every value, in the embedded metric format, a line \`metrics\` a minute and task         | \`METRICS_NAMESPACE\`           |
| CloudWatch, _counted_    | metric filters on log lines; 0 when nothing happened                                   | the service stack             |
| traces                   | OpenTelemetry over OTLP/HTTP: a span a call, below it \`setup\`, \`turn\`, \`execute_tool NAME\`, \`rotation\`, \`reconnect\`, with the attributes of its GenAI conventions; words only [if asked for](privacy.md#words-in-traces) | \`OTEL_EXPORTER_OTLP_ENDPOINT\` |
| the line \`call ended\`    | the summary of a call                                                                  | always                        |

CloudWatch's metrics have no dimensions: a custom metric is paid for by each combination, and tasks come and go. Which
task it was is in the log stream's name. With traces on, all lines of a call carry its \`traceId\`.

No line and no span holds what anyone said, a key, an address or a name of a caller.
`;

const QUESTIONS = `
## Questions, and where their answers are

| you ask                        | look at                                                                                                         |
| ------------------------------ | --------------------------------------------------------------------------------------------------------------- |
| Why are answers slow?          | the three parts of \`AnswerLatencyMs\`: end of the turn (\`NOVA_SONIC_ENDPOINTING\`), model, playout; query "slow calls" |
| Does it stutter?               | \`GlitchMs\` (its SampleCount is the number of glitches), \`EventLoopLagMs\`, query "calls with glitches"            |
| What does it cost?             | \`EstimatedCostUsd\`, queries "cost of calls" and "dearest calls"; the prices are \`MODEL_PRICES\`                  |
| Is there room?                 | \`ActiveCalls\` against \`MaxCalls\`; \`CallsSentOn\` rises before \`CallsRefusedFull\` does                            |
| Do releases end calls?         | \`TaskProtectionFailures\`, query "task protection"; lines \`deployment changed\` and \`draining\`                    |
| What happened in this one call? | query "one call, start to end" with its \`callId\`                                                                |
`;

function prometheusCell(key: keyof typeof ALL_METRICS): string {
  const { prometheus } = ALL_METRICS[key];
  if (prometheus === undefined) return '—';
  const labels = prometheus.labels === undefined ? '' : ` by ${Object.keys(prometheus.labels).join(', ')}`;
  return `\`${prometheus.name}\` (${prometheus.type}${labels})`;
}

function cloudWatchCell(key: keyof typeof ALL_METRICS): string {
  const { cloudwatch, event } = ALL_METRICS[key];
  if (cloudwatch === undefined) return '—';
  if (cloudwatch.kind === 'measured') return `\`${cloudwatch.name}\` (measured, ${cloudwatch.unit})`;
  return `\`${cloudwatch.name}\` (counted: \`${(event && ALL_EVENTS[event].message) ?? ''}\`)`;
}

/**
 * docs/metrics.md: the catalogue that the bot logs and counts by and that the stacks make alarms, dashboard and queries of.
 */
export function renderMetrics(): string {
  const keys = Object.keys(ALL_METRICS) as (keyof typeof ALL_METRICS)[];
  const numbers = keys.map((key) => [ALL_METRICS[key].description, prometheusCell(key), cloudWatchCell(key)]);
  const lines = LOG_LINES.map(({ message, description, bound, fields, optional }) => [
    `\`${message}\``,
    description,
    [...bound, ...fields].map((field) => `\`${field}\``).join(', ') +
      (optional.length === 0 ? '' : `; where known: ${optional.map((field) => `\`${field}\``).join(', ')}`),
  ]);
  return [
    INTRODUCTION,
    '## Numbers\n',
    markdownTable([['What', 'Prometheus', 'CloudWatch'], ...numbers]),
    '## Log lines\n',
    'Lines that metrics, alarms, queries or `ops monitor` read; there are others.\n',
    markdownTable([['Message', 'What it tells', 'Fields'], ...lines]),
    QUESTIONS.trimStart(),
  ].join('\n');
}
