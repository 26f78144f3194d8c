import {
  ALL_EVENTS,
  type CallEventName,
  type EventFields,
  type EventName,
  EVENTS,
  ALL_METRICS,
  type MetricKey,
  type Reading,
  type ServiceEventName,
  type WatchedKey,
} from '../../contract/telemetry/catalogue';
import type { LogLevel } from '../../contract/telemetry/entry';
import type { EmfRecorder } from './emf';
import { recordSpan, loggedFields, valueOf, type Fields } from './event-fields';
import type { Logger } from './logger';
import { Prometheus } from './prometheus';
import { NO_TRACE, NO_TRACING, type CallTrace, type Tracing } from './tracing';

/** Records events of the catalogue; `logger` is for diagnostics that nobody counts. */
export interface Recorder<Name extends EventName> {
  readonly logger: Logger;
  /**
   * Tells all that the catalogue says of an event: its log line, its metrics, its span. For what happens now and then,
   * not for every frame of audio.
   * @param level of this line, where it is not the event's usual one
   */
  record<E extends Name>(event: E, fields: EventFields<E>, level?: LogLevel): void;
}

/** Of one call: every line carries its ids, every span belongs to its trace. */
export type CallTelemetry = Recorder<CallEventName>;

/** What every room may tell the operator through. */
export interface Telemetry extends Recorder<ServiceEventName> {
  /** Reads a metric at each scrape; once for each metric. */
  watch<K extends WatchedKey>(key: K, read: () => Reading<K>): void;
  /** Begins the telemetry of a call; `callEnded` ends its trace. */
  forCall(callId: string, transport: string): CallTelemetry;
  readonly prometheus: Pick<Prometheus, 'contentType' | 'render'>;
  /** Writes what was measured since the last time for CloudWatch, stamped `epochMs`; nothing where that is not wanted. */
  flush(epochMs: number): void;
  /** Sends the spans that are left. Idempotent, bounded, never rejects. */
  close(): Promise<void>;
}

export interface TelemetryOptions {
  readonly logger: Logger;
  /** Takes the measured values where CloudWatch wants them. */
  readonly emf?: EmfRecorder | undefined;
  readonly tracing?: Tracing;
}

/** Telemetry by the catalogue, to a log, to Prometheus, and where they are given to CloudWatch and to traces. */
export function createTelemetry({ logger, emf, tracing = NO_TRACING }: TelemetryOptions): Telemetry {
  const prometheus = new Prometheus();
  const feed = (key: MetricKey, fields: Fields): void => {
    const { value: source, cloudwatch } = ALL_METRICS[key];
    const value = valueOf(source, fields);
    if (value === undefined) return;
    prometheus.add(key, value, fields);
    if (cloudwatch?.kind === 'measured') emf?.add(key, value);
  };
  const recorder = <Name extends EventName>(log: Logger, trace: CallTrace): Recorder<Name> => ({
    logger: log,
    record: (event, fields, level) => {
      const entry = ALL_EVENTS[event];
      for (const key of Object.keys(entry.metrics ?? {}) as MetricKey[]) feed(key, fields);
      const line = loggedFields(entry, fields);
      if (entry.message !== undefined) log[level ?? entry.level ?? 'info'](line, entry.message);
      if (entry.span !== undefined) recordSpan(trace, entry.span, fields, line);
    },
  });
  return {
    ...recorder<ServiceEventName>(logger, NO_TRACE),
    prometheus,
    watch: (key, read) => prometheus.watch(key, read),
    forCall: (callId, transport) => {
      const trace = tracing.startCall({ 'call.id': callId, 'call.transport': transport });
      const { traceId } = trace;
      return recorder(logger.child(traceId === undefined ? { callId } : { callId, traceId }), trace);
    },
    flush: (epochMs) => {
      // Not recorded: beside `_aws` the line has a member for each metric that there are values of.
      for (const line of emf?.take(epochMs) ?? []) logger.info(line, EVENTS.metrics.message);
    },
    close: () => tracing.close(),
  };
}
