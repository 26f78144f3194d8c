/*
 * What an entry of the telemetry catalogue looks like: an event with its fields, its log line, the metrics it feeds and
 * its span.
 */

/** What a field may hold; an array lists every word it may be. Neither is ever anything a caller said or sent. */
export type FieldKind =
  /** A name or code of ours. */
  | 'word'
  /** Milliseconds: exact in metrics, whole in log lines and spans. */
  | 'ms'
  /** Milliseconds with one decimal in log lines. */
  | 'fineMs'
  | 'number'
  | 'flag'
  | 'object'
  | readonly string[];

interface KindTypes {
  readonly word: string;
  readonly ms: number;
  readonly fineMs: number;
  readonly number: number;
  readonly flag: boolean;
  readonly object: object;
}
export type ValueOf<K> = K extends readonly (infer Word)[] ? Word : K extends keyof KindTypes ? KindTypes[K] : never;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

interface OneOf<F extends string> {
  readonly field: F;
  readonly oneOf: readonly string[];
}

/** What a field of a log line must be for the line to be counted. */
export type Condition<F extends string = string> = OneOf<F> | { readonly field: F; readonly atLeast: number };

/** Upper bounds of a histogram's buckets, in seconds. */
export const BUCKETS_S = {
  /** Around what a listener notices: 100 ms is at once, 300 ms a beat, 1 s a pause, more than 3 s is broken. */
  response: [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10],
  interruption: [0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.25, 0.5, 1],
  call: [5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600],
  http: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
} as const;

/** A metric of `/metrics`, without the prefix `voice_agent_`. Each label is filled from the field it names. */
export interface PrometheusEntry<F extends string = string> {
  readonly type: 'counter' | 'histogram' | 'gauge';
  readonly name: string;
  readonly labels?: Readonly<Record<string, F>>;
  readonly buckets?: keyof typeof BUCKETS_S;
  /** Values come in milliseconds and are exported in seconds, as Prometheus wants them. */
  readonly fromMs?: boolean;
}

/**
 * How CloudWatch gets a metric. `measured`: the bot sends every value in the embedded metric format. `counted`: a metric
 * filter counts the event's log lines and reports 0 when there are none, so that an alarm can tell health from silence.
 */
export type CloudWatchEntry<F extends string = string> =
  | { readonly name: string; readonly kind: 'measured'; readonly unit: 'Milliseconds' | 'Count' | 'Megabytes' | 'None' }
  | { readonly name: string; readonly kind: 'counted'; readonly where?: Condition<F> };

/** A metric. `value` is the field it takes, or the fields it adds up; without one, each event counts 1. */
export interface MetricEntry<F extends string = string> {
  readonly description: string;
  readonly value?: F | readonly F[];
  readonly prometheus?: PrometheusEntry<F>;
  readonly cloudwatch?: CloudWatchEntry<F>;
}

/** Something that has taken the time in `duration` and is over now; `call` is the root and ends the trace. */
export interface SpanEntry<F extends string = string> {
  readonly name: 'call' | 'setup' | 'turn' | 'tool' | 'rotation' | 'reconnect';
  readonly duration: F;
  readonly attributes?: readonly F[];
  readonly failed?: OneOf<F> | { readonly field: F; readonly noneOf: readonly string[] };
  /** What viewers of models' traces know it by. */
  readonly genAi?: GenAiEntry<F>;
}

/**
 * A span as OpenTelemetry's conventions for generative AI have it (1.41, in development:
 * opentelemetry.io/docs/specs/semconv/gen-ai): numbers and names; what was said is none of the catalogue's.
 */
export interface GenAiEntry<F extends string = string> {
  readonly operation: 'invoke_agent' | 'chat' | 'execute_tool';
  /** The field whose value is put behind the operation, as the span's name; without one it keeps its own. */
  readonly named?: F;
  /** Further attributes, each a field's value, or the sum of several. */
  readonly told?: Readonly<Partial<Record<GenAiAttribute, F | readonly F[]>>>;
}

type GenAiAttribute = 'gen_ai.tool.name' | 'gen_ai.usage.input_tokens' | 'gen_ai.usage.output_tokens';

/** An event. Without a message it is not logged. */
export interface EventEntry<F extends string = string> {
  readonly description: string;
  readonly message?: string;
  /** `info` unless it says otherwise. */
  readonly level?: LogLevel;
  readonly fields: Readonly<Record<string, FieldKind>>;
  /** Left out where unknown. */
  readonly optional?: Readonly<Record<string, FieldKind>>;
  readonly metrics?: Readonly<Record<string, MetricEntry<F>>>;
  readonly span?: SpanEntry<F>;
}

type RequiredOf<E> = E extends { readonly fields: infer F } ? F : never;
type OptionalOf<E> = E extends { readonly optional: infer O } ? O : unknown;
/** The names of an event's fields. */
export type FieldOf<E> = Extract<keyof RequiredOf<E> | keyof OptionalOf<E>, string>;
/** What recording the event takes; `err` is the error behind it, for the log line. */
export type FieldsOf<E> = { readonly [F in keyof RequiredOf<E>]: ValueOf<RequiredOf<E>[F]> } & {
  readonly [F in keyof OptionalOf<E>]?: ValueOf<OptionalOf<E>[F]> | undefined;
} & { readonly err?: unknown };

/** A part of the catalogue. Labels, values and spans that name no field of their event do not compile. */
export function catalogueOf<const C extends { readonly [E in keyof C]: EventEntry<FieldOf<C[E]>> }>(events: C): C {
  return events;
}

/** A histogram of durations. */
export const seconds = (name: string, buckets: keyof typeof BUCKETS_S = 'response') =>
  ({ type: 'histogram', name, buckets, fromMs: true }) as const;

/** Durations as CloudWatch gets them. */
export const milliseconds = (name: string) => ({ name, kind: 'measured', unit: 'Milliseconds' }) as const;
