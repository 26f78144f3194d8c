/*
 * What the bot says about itself: every log line that somebody reads and every number, in one place. The bot logs and
 * counts by these entries; the stacks make metric filters, alarms, dashboard and saved queries of them; and
 * docs/metrics.md is written from them (`npm run docs`). Nobody can name what is not emitted.
 *
 * This file imports nothing: both halves of the repository read it.
 */

/** One log line that others read. `bound` fields come with the logger of a call or request, the others with the line. */
interface EventEntry {
  readonly message: string;
  readonly tells: string;
  readonly bound?: readonly string[];
  readonly fields: readonly string[];
  /** Left out of a line where there is nothing to tell. */
  readonly optional?: readonly string[];
}

export const EVENTS = {
  callStarted: {
    message: 'call started',
    tells: 'A call has begun.',
    bound: ['callId', 'traceId'],
    fields: ['transport'],
  },
  callEnded: {
    message: 'call ended',
    tells: 'A call is over: its summary. Percentiles are of the turns of this call.',
    bound: ['callId', 'traceId'],
    fields: [
      'reason',
      'durationMs',
      'turns',
      'bargeIns',
      'glitches',
      'rotations',
      'reconnects',
      'toolCalls',
      'inputSpeechTokens',
      'inputTextTokens',
      'outputSpeechTokens',
      'outputTextTokens',
    ],
    optional: [
      'setupMs',
      'timeToGreetingMs',
      'endOfSpeechToAudioP50Ms',
      'endOfSpeechToAudioP95Ms',
      'endpointingP50Ms',
      'modelP50Ms',
      'playoutP50Ms',
      'bargeInToSilenceP50Ms',
      'longestGlitchMs',
      'longestRotationGapMs',
      'longestReconnectGapMs',
      'longestToolMs',
      'estimatedCostUsd',
    ],
  },
  callRefused: {
    message: 'call refused',
    tells: 'A caller was sent away; `code` is in errors.md.',
    fields: ['code'],
    optional: ['requestId'],
  },
  callSentOn: {
    message: 'call sent on',
    tells: 'A start that this task could not take was sent back through the load balancer, to another task.',
    bound: ['requestId'],
    fields: ['why', 'hop'],
  },
  modelFailed: {
    message: 'model failed',
    tells: 'The model was lost for good, and the call with it.',
    bound: ['callId', 'traceId'],
    fields: ['code'],
  },
  modelReconnected: {
    message: 'model reconnected',
    tells: 'A broken stream was replaced; nobody listened for `gapMs`.',
    bound: ['callId', 'traceId'],
    fields: ['gapMs'],
  },
  modelRotated: {
    message: 'model rotated',
    tells: "A stream was replaced on purpose before the model's eight minutes were over.",
    bound: ['callId', 'traceId'],
    fields: ['gapMs', 'ageMs', 'forced'],
  },
  toolCall: {
    message: 'tool call',
    tells: 'The model used a tool.',
    bound: ['callId', 'traceId'],
    fields: ['tool', 'outcome', 'durationMs'],
  },
  httpRequest: {
    message: 'http request',
    tells: 'An HTTP request was answered. What only looks is logged at debug.',
    fields: ['requestId', 'method', 'route', 'status', 'durationMs'],
  },
  serviceStats: {
    message: 'service stats',
    tells: 'Every 60 s from every task: how full it is, and how well it runs.',
    fields: ['activeCalls', 'maxCalls', 'eventLoopLagMs', 'rssMb'],
  },
  metrics: {
    message: 'metrics',
    tells: 'The numbers of the last minute in the embedded metric format, from which CloudWatch takes them.',
    fields: ['_aws'],
  },
  taskProtected: {
    message: 'task protection',
    tells: 'ECS was told to leave this task alone (`protected`), or that it need not any more.',
    fields: ['protected', 'minutes', 'calls'],
  },
  taskProtectionFailed: {
    message: 'task protection failed',
    tells: 'ECS could not be told to leave this task alone: scaling in or a release may end its calls.',
    fields: ['why', 'calls'],
  },
  deploymentChanged: {
    message: 'deployment changed',
    tells:
      "This task's service has a newer deployment, so new calls go elsewhere (`outdated`), or it is current again.",
    fields: ['outdated', 'activeCalls'],
  },
  usageUnknown: {
    message: 'usage not known',
    tells: 'The table of calls and minutes could not be asked: this task goes by what it counted itself.',
    fields: ['step'],
  },
} as const satisfies Record<string, EventEntry>;

export type EventName = keyof typeof EVENTS;
type Entry<E extends EventName> = (typeof EVENTS)[E];
type OptionalOf<E extends EventName> = Entry<E> extends { optional: readonly (infer F extends string)[] } ? F : never;
type BoundOf<E extends EventName> = Entry<E> extends { bound: readonly (infer F extends string)[] } ? F : never;
/** The fields that a line gives itself, and must. */
export type GivenField<E extends EventName> = Entry<E>['fields'][number];
export type OptionalField<E extends EventName> = OptionalOf<E>;
/** Every field that a reader may find. */
export type FieldName<E extends EventName> = GivenField<E> | OptionalOf<E> | BoundOf<E>;

/** Every field of an event, by name: writing `f.gapMs` instead of "gapMs" is what the compiler can check. */
export function fieldsOf<E extends EventName>(event: E): { readonly [F in FieldName<E>]: F } {
  const { bound = [], fields, optional = [] }: EventEntry = EVENTS[event];
  const all = [...bound, ...fields, ...optional].map((field) => [field, field]);
  return Object.fromEntries(all) as { readonly [F in FieldName<E>]: F };
}

/** Why a call ended, where that is a failure of ours; the other reasons are a caller's or an operator's doing. */
export const FAILURE_REASONS = ['model-failed', 'transport-failed', 'internal'] as const;
/** The code of a call that was refused because the task was full. */
export const REFUSED_FULL = 'at_capacity';
/** The codes of calls that were refused because a limit on cost was reached. */
export const REFUSED_FOR_COST = ['caller_limit_reached', 'day_quota_reached'] as const;

/** Upper ends of a histogram's buckets, in seconds. */
export const BUCKETS_S = {
  /** Around what a listener notices: 100 ms is at once, 300 ms a beat, 1 s a pause, more than 3 s is broken. */
  response: [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10],
  interruption: [0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.25, 0.5, 1],
  call: [5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600],
  http: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
} as const;

/** What /metrics calls it, behind `voice_agent_`. Histograms are given ms and told in seconds. */
interface PrometheusEntry {
  readonly type: 'counter' | 'histogram' | 'gauge';
  readonly name: string;
  readonly labels?: readonly string[];
  readonly buckets?: keyof typeof BUCKETS_S;
}

/** A condition on a field of the log line that is counted. */
type Condition =
  { readonly field: string; readonly oneOf: readonly string[] } | { readonly field: string; readonly atLeast: number };

/**
 * How CloudWatch gets it. What is measured comes from the bot in the embedded metric format, with all its values; what
 * is counted is made of log lines by a metric filter, which says 0 when nothing happened, so that an alarm knows health
 * from silence.
 */
type CloudWatchEntry =
  | { readonly name: string; readonly from: 'measured'; readonly unit: 'Milliseconds' | 'Count' | 'Megabytes' | 'None' }
  | { readonly name: string; readonly from: EventName; readonly where?: Condition };

interface MetricEntry {
  readonly tells: string;
  readonly prometheus?: PrometheusEntry;
  readonly cloudwatch?: CloudWatchEntry;
}

const ms = (name: string) => ({ name, from: 'measured', unit: 'Milliseconds' }) as const;
const amount = (name: string) => ({ name, from: 'measured', unit: 'Count' }) as const;
const seconds = <N extends string>(name: N, buckets: keyof typeof BUCKETS_S = 'response') =>
  ({ type: 'histogram', name, buckets }) as const;

/** Every number, by the name that the code has for it. */
export const METRICS = {
  callsStarted: {
    tells: 'Calls started.',
    prometheus: { type: 'counter', name: 'calls_started_total', labels: ['transport'] },
    cloudwatch: { name: 'CallsStarted', from: 'callStarted' },
  },
  callsRefused: {
    tells: 'Calls refused, by error code.',
    prometheus: { type: 'counter', name: 'calls_refused_total', labels: ['code'] },
    cloudwatch: { name: 'CallsRefused', from: 'callRefused' },
  },
  callsRefusedFull: {
    tells: 'Calls refused because every place was used.',
    cloudwatch: { name: 'CallsRefusedFull', from: 'callRefused', where: { field: 'code', oneOf: [REFUSED_FULL] } },
  },
  callsRefusedForCost: {
    tells: 'Calls refused because a limit on cost was reached.',
    cloudwatch: { name: 'CallsRefusedForCost', from: 'callRefused', where: { field: 'code', oneOf: REFUSED_FOR_COST } },
  },
  callsSentOn: {
    tells: 'Starts sent back through the load balancer, to find a task that can take them.',
    prometheus: { type: 'counter', name: 'calls_sent_on_total', labels: ['why'] },
    cloudwatch: { name: 'CallsSentOn', from: 'callSentOn' },
  },
  callsEnded: {
    tells: 'Calls ended, by reason.',
    prometheus: { type: 'counter', name: 'calls_ended_total', labels: ['reason'] },
    cloudwatch: { name: 'CallsEnded', from: 'callEnded' },
  },
  callsFailed: {
    tells: 'Calls ended by a failure of ours.',
    cloudwatch: { name: 'CallsFailed', from: 'callEnded', where: { field: 'reason', oneOf: FAILURE_REASONS } },
  },
  callDurationMs: {
    tells: 'How long calls lasted.',
    prometheus: seconds('call_duration_seconds', 'call'),
    cloudwatch: ms('CallDurationMs'),
  },
  callSetupMs: {
    tells: "Caller's offer to media flowing.",
    prometheus: seconds('call_setup_seconds'),
    cloudwatch: ms('CallSetupMs'),
  },
  timeToGreetingMs: {
    tells: 'Media flowing to the first sound of the greeting.',
    prometheus: seconds('greeting_seconds'),
    cloudwatch: ms('TimeToGreetingMs'),
  },
  answerLatencyMs: {
    tells: "End of the caller's speech to the first sound of the answer: the sum of the next three.",
    prometheus: seconds('response_seconds'),
    cloudwatch: ms('AnswerLatencyMs'),
  },
  answerEndpointingMs: {
    tells: "… of that, until the model took the caller's turn to be over and began to answer.",
    prometheus: seconds('response_endpointing_seconds'),
    cloudwatch: ms('AnswerEndpointingMs'),
  },
  answerModelMs: {
    tells: "… of that, until the model's first audio came in.",
    prometheus: seconds('response_model_seconds'),
    cloudwatch: ms('AnswerModelMs'),
  },
  answerPlayoutMs: {
    tells: '… of that, until the first of it was on its way to the caller.',
    prometheus: seconds('response_playout_seconds'),
    cloudwatch: ms('AnswerPlayoutMs'),
  },
  bargeInToSilenceMs: {
    tells: 'Barge-in to silence.',
    prometheus: seconds('interruption_seconds', 'interruption'),
    cloudwatch: ms('BargeInToSilenceMs'),
  },
  glitchMs: {
    tells: 'Glitches: how long the caller heard nothing in the middle of an answer.',
    prometheus: seconds('playout_glitch_seconds', 'interruption'),
    cloudwatch: ms('GlitchMs'),
  },
  modelReconnects: {
    tells: 'Model streams opened anew after a failure, by cause.',
    prometheus: { type: 'counter', name: 'model_reconnects_total', labels: ['cause'] },
    cloudwatch: { name: 'ModelReconnects', from: 'modelReconnected' },
  },
  modelGapMs: {
    tells: 'How long nobody listened at a reconnect.',
    prometheus: seconds('model_gap_seconds'),
    cloudwatch: ms('ModelGapMs'),
  },
  rotationGapMs: {
    tells: "Planned rotations of the model's stream: how long nobody listened.",
    prometheus: seconds('rotation_gap_seconds', 'interruption'),
    cloudwatch: ms('RotationGapMs'),
  },
  modelFailures: {
    tells: 'Models lost for good, and the calls with them.',
    cloudwatch: { name: 'ModelFailures', from: 'modelFailed' },
  },
  modelEnds: {
    tells: 'Model sessions ended, by how.',
    prometheus: { type: 'counter', name: 'model_ends_total', labels: ['end'] },
  },
  modelEvents: {
    tells: 'What happened between the bot and the model, by name.',
    prometheus: { type: 'counter', name: 'model_events_total', labels: ['event'] },
  },
  toolMs: {
    tells: 'Tool calls.',
    prometheus: { type: 'histogram', name: 'tool_seconds', labels: ['tool', 'outcome'], buckets: 'response' },
    cloudwatch: ms('ToolMs'),
  },
  toolCalls: { tells: 'Tool calls, counted.', cloudwatch: { name: 'ToolCalls', from: 'toolCall' } },
  tokens: {
    tells: 'Tokens used, as the model reports them.',
    prometheus: { type: 'counter', name: 'model_tokens_total', labels: ['kind'] },
  },
  callTokens: { tells: 'Tokens of a call, of all kinds.', cloudwatch: amount('CallTokens') },
  estimatedCostUsd: {
    tells: 'What the tokens cost at the prices the bot knows: an estimate in dollars.',
    prometheus: { type: 'counter', name: 'model_estimated_cost_dollars_total' },
    cloudwatch: { name: 'EstimatedCostUsd', from: 'measured', unit: 'None' },
  },
  audioDropped: {
    tells: 'Audio frames dropped.',
    prometheus: { type: 'counter', name: 'audio_frames_dropped_total', labels: ['direction'] },
  },
  transportIncidents: {
    tells: 'Things that broke in a transport, by what.',
    prometheus: { type: 'counter', name: 'transport_incidents_total', labels: ['what'] },
  },
  clientMessagesMalformed: {
    tells: "Clients' messages that were not understood.",
    prometheus: { type: 'counter', name: 'client_messages_malformed_total' },
  },
  httpMs: {
    tells: 'HTTP requests.',
    prometheus: {
      type: 'histogram',
      name: 'http_request_seconds',
      labels: ['method', 'route', 'status'],
      buckets: 'http',
    },
  },
  httpMalformed: {
    tells: 'Bytes on the port that are no HTTP request.',
    prometheus: { type: 'counter', name: 'http_malformed_total' },
  },
  serverErrors: {
    tells: 'HTTP requests answered with 5xx.',
    cloudwatch: { name: 'ServerErrors', from: 'httpRequest', where: { field: 'status', atLeast: 500 } },
  },
  processFailures: {
    tells: 'Exceptions nobody caught.',
    prometheus: { type: 'counter', name: 'process_failures_total', labels: ['kind'] },
  },
  protectionFailures: {
    tells: 'Times that ECS could not be told to leave this task alone.',
    prometheus: { type: 'counter', name: 'task_protection_failures_total', labels: ['why'] },
    cloudwatch: { name: 'TaskProtectionFailures', from: 'taskProtectionFailed' },
  },
  taskProtected: {
    tells: 'Whether ECS leaves this task alone, 1 or 0.',
    prometheus: { type: 'gauge', name: 'task_protected' },
  },
  usageUnknown: {
    tells: 'Times that the table of calls and minutes could not be asked.',
    prometheus: { type: 'counter', name: 'usage_unknown_total', labels: ['step'] },
    cloudwatch: { name: 'UsageUnknown', from: 'usageUnknown' },
  },
  activeCalls: {
    tells: 'Calls at this moment.',
    prometheus: { type: 'gauge', name: 'calls_active' },
    cloudwatch: amount('ActiveCalls'),
  },
  maxCalls: {
    tells: 'Calls there may be at the same time.',
    prometheus: { type: 'gauge', name: 'calls_capacity' },
    cloudwatch: amount('MaxCalls'),
  },
  eventLoopLagMs: {
    tells: 'Event-loop lateness, worst of the last seconds.',
    prometheus: { type: 'gauge', name: 'event_loop_lag_max_seconds' },
    cloudwatch: ms('EventLoopLagMs'),
  },
  eventLoopLagMean: {
    tells: 'Event-loop lateness, mean.',
    prometheus: { type: 'gauge', name: 'event_loop_lag_mean_seconds' },
  },
  eventLoopLagP99: {
    tells: 'Event-loop lateness, p99.',
    prometheus: { type: 'gauge', name: 'event_loop_lag_p99_seconds' },
  },
  audioBeatLateness: {
    tells: 'Worst lateness of the 20 ms audio beat since the last scrape.',
    prometheus: { type: 'gauge', name: 'audio_beat_lateness_max_seconds' },
  },
  rssMb: {
    tells: 'Memory of the process, in MiB.',
    cloudwatch: { name: 'RssMb', from: 'measured', unit: 'Megabytes' },
  },
  processMemory: {
    tells: 'Memory of the process.',
    prometheus: { type: 'gauge', name: 'process_resident_memory_bytes' },
  },
  processHeap: { tells: 'Heap in use.', prometheus: { type: 'gauge', name: 'process_heap_used_bytes' } },
  processUptime: { tells: 'Age of the process.', prometheus: { type: 'gauge', name: 'process_uptime_seconds' } },
  processCpu: {
    tells: 'CPU time used, user and system.',
    prometheus: { type: 'counter', name: 'process_cpu_seconds_total' },
  },
} as const satisfies Record<string, MetricEntry>;

export type MetricKey = keyof typeof METRICS;
/** Metrics that CloudWatch has. */
export type CloudWatchKey = {
  [K in MetricKey]: (typeof METRICS)[K] extends { cloudwatch: unknown } ? K : never;
}[MetricKey];
/** Metrics that the bot sends to CloudWatch itself, value by value. */
export type MeasuredKey = {
  [K in MetricKey]: (typeof METRICS)[K] extends { cloudwatch: { from: 'measured' } } ? K : never;
}[MetricKey];

/** The entries as what they have in common, for readers that walk through them. */
export const ALL_METRICS: Readonly<Record<MetricKey, MetricEntry>> = METRICS;
export const ALL_EVENTS: Readonly<Record<EventName, EventEntry>> = EVENTS;
