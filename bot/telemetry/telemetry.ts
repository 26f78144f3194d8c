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
import { loggedFields, recordSpan, valueOf, type Fields } from './event-fields';
import type { Logger } from './logger';
import { Prometheus } from './prometheus';
import { NO_TRACE, NO_TRACING, type CallTrace, type SpanAttributes, type Tracing } from './tracing';

/** Records events of the catalogue; `logger` is for diagnostics that nobody counts. */
export interface Recorder<Name extends EventName> {
  readonly logger: Logger;
  /**
   * Writes the event's log line, adds to its metrics and to the trace, as the catalogue says. About 20 µs beyond the log
   * line: meant for turns and requests, not for every frame of audio.
   * @param level of this one line, instead of the event's own
   * @param content what the span, and nothing else, says of what was said
   */
  record<E extends Name>(event: E, fields: EventFields<E>, level?: LogLevel, content?: SpanAttributes): void;
}

/** Telemetry of one call: log lines carry its ids, spans belong to its trace. */
export type CallTelemetry = Recorder<CallEventName>;

/** What a call's spans say of who answers. */
export interface CallAbout {
  readonly agent: string;
  readonly model: string;
}

/** The model's provider, as OpenTelemetry names it. */
const PROVIDER = 'aws.bedrock';

export interface Telemetry extends Recorder<ServiceEventName> {
  /** Has a metric read at each scrape. Once per metric. */
  watch<K extends WatchedKey>(key: K, read: () => Reading<K>): void;
  /** Starts the telemetry of a call and its trace, which `callEnded` ends. */
  forCall(callId: string, transport: string, about?: CallAbout): CallTelemetry;
  readonly prometheus: Pick<Prometheus, 'contentType' | 'render'>;
  /** Logs what was measured since the last flush, for CloudWatch, with the timestamp `epochMs`. Nothing without an EmfRecorder. */
  flush(epochMs: number): void;
  /** Sends the spans that are left. Idempotent, bounded, never rejects. */
  close(): Promise<void>;
}

export interface TelemetryOptions {
  readonly logger: Logger;
  /** Collects measured values for CloudWatch. */
  readonly emf?: EmfRecorder | undefined;
  readonly tracing?: Tracing;
}

/** Telemetry that goes to a log and Prometheus, and optionally to CloudWatch and a trace collector. */
export function createTelemetry({ logger, emf, tracing = NO_TRACING }: TelemetryOptions): Telemetry {
  const prometheus = new Prometheus();
  const feed = (key: MetricKey, fields: Fields): void => {
    const { value: source, cloudwatch } = ALL_METRICS[key];
    const value = valueOf(source, fields);
    if (value === undefined) return;
    prometheus.add(key, value, fields);
    if (cloudwatch?.kind === 'measured') emf?.add(key, value);
  };
  const recorder = <Name extends EventName>(log: Logger, trace: CallTrace, call?: SpanAttributes): Recorder<Name> => ({
    logger: log,
    record: (event, fields, level, content) => {
      const entry = ALL_EVENTS[event];
      for (const key of Object.keys(entry.metrics ?? {}) as MetricKey[]) feed(key, fields);
      const line = loggedFields(entry, fields);
      if (entry.message !== undefined) log[level ?? entry.level ?? 'info'](line, entry.message);
      if (entry.span !== undefined) recordSpan(trace, entry.span, fields, line, { call, content });
    },
  });
  return {
    ...recorder<ServiceEventName>(logger, NO_TRACE),
    prometheus,
    watch: (key, read) => prometheus.watch(key, read),
    forCall: (callId, transport, about) => {
      const trace = tracing.startCall({ 'call.id': callId, 'call.transport': transport });
      const { traceId } = trace;
      const child = logger.child(traceId === undefined ? { callId } : { callId, traceId });
      return recorder(child, trace, {
        'gen_ai.provider.name': PROVIDER,
        'gen_ai.conversation.id': callId,
        ...(about && { 'gen_ai.agent.name': about.agent, 'gen_ai.request.model': about.model }),
      });
    },
    flush: (epochMs) => {
      // Logged as it is: besides `_aws`, the line has a member for each metric.
      for (const line of emf?.take(epochMs) ?? []) logger.info(line, EVENTS.metrics.message);
    },
    close: () => tracing.close(),
  };
}
