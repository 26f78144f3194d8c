/*
 * What the bot says about itself: every log line that somebody reads, every number and every span, in one place. The
 * bot records by these entries; the stacks make metric filters, alarms, dashboard and saved queries of them; and
 * docs/metrics.md is written from them (`npm run docs`). Nobody can name what is not emitted.
 */
import { CALL_EVENTS } from './call-events';
import type { EventEntry, FieldOf, FieldsOf, MetricEntry } from './entry';
import { MODEL_EVENTS } from './model-events';
import { PHONE_EVENTS } from './phone-events';
import { SERVICE_EVENTS } from './service-events';
import { WATCHED } from './watched';

export { FAILURE_REASONS } from './call-events';

/** The events of one call, whose log lines carry its ids. */
const OF_A_CALL = { ...CALL_EVENTS, ...MODEL_EVENTS };
const BOUND_IN_CALLS = ['callId', 'traceId'] as const;
export const EVENTS = { ...OF_A_CALL, ...SERVICE_EVENTS, ...PHONE_EVENTS };
export const ALL_EVENTS: Readonly<Record<EventName, EventEntry>> = EVENTS;

export type EventName = keyof typeof EVENTS;
export type CallEventName = keyof typeof OF_A_CALL;
export type ServiceEventName = Exclude<EventName, CallEventName>;
/** What recording an event takes. */
export type EventFields<E extends EventName> = FieldsOf<(typeof EVENTS)[E]>;

/** Events that are logged. */
export type LoggedEvent = { [E in EventName]: (typeof EVENTS)[E] extends { message: string } ? E : never }[EventName];
type Bound<E extends EventName> = E extends CallEventName ? (typeof BOUND_IN_CALLS)[number] : never;
/** Every field that a reader may find in a line. */
export type LineField<E extends LoggedEvent> = FieldOf<(typeof EVENTS)[E]> | Bound<E>;

/** A log line as its readers need it: `bound` comes with a call's logger, `optional` is left out where unknown. */
export interface LogLine {
  readonly event: EventName;
  readonly message: string;
  readonly description: string;
  readonly bound: readonly string[];
  readonly fields: readonly string[];
  readonly optional: readonly string[];
}

const EVENT_ENTRIES = Object.entries(ALL_EVENTS) as [EventName, EventEntry][];

export const LOG_LINES: readonly LogLine[] = EVENT_ENTRIES.flatMap(([event, entry]) => {
  const { message, description, fields, optional = {} } = entry;
  if (message === undefined) return [];
  const bound = event in OF_A_CALL ? BOUND_IN_CALLS : [];
  return { event, message, description, bound, fields: Object.keys(fields), optional: Object.keys(optional) };
});

/** Every field of a line, by name: writing `f.gapMs` instead of "gapMs" is what the compiler can check. */
export function fieldsOf<E extends LoggedEvent>(event: E): { readonly [F in LineField<E>]: F } {
  const all = LOG_LINES.filter((line) => line.event === event).flatMap((line) => [
    ...line.bound,
    ...line.fields,
    ...line.optional,
  ]);
  return Object.fromEntries(all.map((field) => [field, field])) as { readonly [F in LineField<E>]: F };
}

type MetricsOf<E> = E extends { metrics: infer M } ? M : never;
type Merged<U> = (U extends unknown ? (u: U) => void : never) extends (merged: infer M) => void ? M : never;
type Metrics = Merged<MetricsOf<(typeof EVENTS)[EventName]>> & typeof WATCHED;

export type MetricKey = keyof Metrics;
type KeysWhere<Shape> = { [K in MetricKey]: Metrics[K] extends Shape ? K : never }[MetricKey];
/** Metrics that CloudWatch has. */
export type CloudWatchKey = KeysWhere<{ cloudwatch: unknown }>;
/** Metrics that are read at each scrape. */
export type WatchedKey = KeysWhere<{ prometheus: { type: 'gauge' } }> | keyof typeof WATCHED;
/** What reading one gives: its value, or one for each value of its label. */
export type Reading<K extends WatchedKey> = Metrics[K] extends { prometheus: { labels: unknown } }
  ? Readonly<Record<string, number>>
  : number;

/** Every metric by its key, and the event that feeds it. */
export const ALL_METRICS = Object.fromEntries([
  ...EVENT_ENTRIES.flatMap(([event, { metrics = {} }]) =>
    Object.entries(metrics).map(([key, metric]) => [key, { ...metric, event }]),
  ),
  ...Object.entries(WATCHED),
]) as Readonly<Record<MetricKey, MetricEntry & { readonly event?: EventName }>>;
/** The same, as the compiler knows each of them. */
export const METRICS = ALL_METRICS as unknown as Metrics;
