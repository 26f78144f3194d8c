import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '../errors';
import { addProcessMetrics } from './process-metrics';

/** How many calls there are and may be. */
export interface CallLoad {
  readonly activeCalls: number;
  readonly maxCalls: number;
}

/** Event-loop lateness over the last seconds, in ms. */
export interface LoopLag {
  readonly meanMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/**
 * What the runtime counts and times, in its own words. Durations are given in ms and exported in seconds, as Prometheus
 * wants them. Labels have few values each: codes of the catalogue, names of our own; never an id or what a caller sent.
 */
export interface Metrics {
  callStarted(transport: string): void;
  callRefused(code: ErrorCode): void;
  callEnded(reason: string, durationMs: number): void;
  /** From the caller's offer until media flows. */
  callSetUp(elapsedMs: number): void;
  /** From media flowing until the first sound of the greeting. */
  callGreeted(elapsedMs: number): void;
  /** From the end of the caller's speech until the first sound of the answer. */
  callerAnswered(elapsedMs: number): void;
  /** From the model's word of a barge-in until nothing of the old answer can be sent. */
  callerInterrupted(elapsedMs: number): void;
  modelReconnected(cause: ErrorCode): void;
  /** `closed`, or the code of the failure. */
  modelEnded(end: ErrorCode | 'closed'): void;
  /** `in` is from the caller, `out` to the caller. */
  audioDropped(direction: 'in' | 'out', frames: number): void;
  /** `name` of a tool we offer; whatever else the model asks for is `unknown`. */
  toolCalled(name: string, outcome: 'ok' | ErrorCode, elapsedMs: number): void;
  tokensUsed(kind: TokenKind, tokens: number): void;
  /** Something broke on the caller's side of the bot, mended or not; `what` is a word of ours. */
  transportIncident(what: string): void;
  clientMessageMalformed(): void;
  /** `route` is the pattern that matched, not the path. */
  httpAnswered(method: string, route: string, status: number, elapsedMs: number): void;
  /** Bytes on the port that are no HTTP request. */
  httpMalformed(): void;
  /** An exception nobody caught: must never happen. */
  processFailed(kind: 'uncaught_exception' | 'unhandled_rejection'): void;
  /** Read at every scrape. */
  watchCalls(read: () => CallLoad): void;
  watchEventLoop(read: () => LoopLag): void;
  /** Worst lateness of the audio beat, in ms, since it was last asked. */
  watchBeat(takeWorstLatenessMs: () => number): void;
  /** Counts that the model's side keeps itself, by name; they only grow. */
  watchModel(read: () => Readonly<Record<string, number>>): void;
  /** All of it in Prometheus's text format. */
  render(): Promise<string>;
  /** Of what `render` gives. */
  readonly contentType: string;
}

export type TokenKind = 'input_speech' | 'input_text' | 'output_speech' | 'output_text';

const PREFIX = 'voice_agent_';
/** Around what a listener notices: 100 ms is at once, 300 ms a beat, 1 s a pause, more than 3 s is broken. */
const RESPONSE_BUCKETS_S = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];
const INTERRUPTION_BUCKETS_S = [0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.25, 0.5, 1];
const CALL_BUCKETS_S = [5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];
const HTTP_BUCKETS_S = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** Metrics with a registry of their own: two in one process do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  addProcessMetrics(registry, PREFIX);
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> =>
    new Counter({ name: PREFIX + name, help, labelNames, registers });
  const histogram = <L extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: L[] = [],
  ): Histogram<L> => new Histogram({ name: PREFIX + name, help, buckets, labelNames, registers });

  const started = counter('calls_started_total', 'Calls started.', ['transport']);
  const refused = counter('calls_refused_total', 'Calls refused, by error code.', ['code']);
  const ended = counter('calls_ended_total', 'Calls ended, by reason.', ['reason']);
  const lasted = histogram('call_duration_seconds', 'How long calls lasted.', CALL_BUCKETS_S);
  const setUp = histogram('call_setup_seconds', "Caller's offer to media flowing.", RESPONSE_BUCKETS_S);
  const greeted = histogram(
    'greeting_seconds',
    'Media flowing to the first sound of the greeting.',
    RESPONSE_BUCKETS_S,
  );
  const answered = histogram(
    'response_seconds',
    "End of the caller's speech to the first sound of the answer.",
    RESPONSE_BUCKETS_S,
  );
  const interrupted = histogram('interruption_seconds', 'Barge-in to silence.', INTERRUPTION_BUCKETS_S);
  const reconnects = counter('model_reconnects_total', 'Model streams opened anew, by cause.', ['cause']);
  const modelEnds = counter('model_ends_total', 'Model sessions ended, by how.', ['end']);
  const dropped = counter('audio_frames_dropped_total', 'Audio frames dropped.', ['direction']);
  const tools = histogram('tool_seconds', 'Tool calls.', RESPONSE_BUCKETS_S, ['tool', 'outcome']);
  const tokens = counter('model_tokens_total', 'Tokens used, as the model reports them.', ['kind']);
  const incidents = counter('transport_incidents_total', 'Things that broke in a transport, by what.', ['what']);
  const malformedMessages = counter('client_messages_malformed_total', "Clients' messages that were not understood.");
  const http = histogram('http_request_seconds', 'HTTP requests.', HTTP_BUCKETS_S, ['method', 'route', 'status']);
  const malformedHttp = counter('http_malformed_total', 'Bytes on the port that are no HTTP request.');
  const failures = counter('process_failures_total', 'Exceptions nobody caught.', ['kind']);

  return {
    contentType: registry.contentType,
    callStarted: (transport) => started.inc({ transport }),
    callRefused: (code) => refused.inc({ code }),
    callEnded: (reason, durationMs) => {
      ended.inc({ reason });
      lasted.observe(durationMs / 1000);
    },
    callSetUp: (elapsedMs) => setUp.observe(elapsedMs / 1000),
    callGreeted: (elapsedMs) => greeted.observe(elapsedMs / 1000),
    callerAnswered: (elapsedMs) => answered.observe(elapsedMs / 1000),
    callerInterrupted: (elapsedMs) => interrupted.observe(elapsedMs / 1000),
    modelReconnected: (cause) => reconnects.inc({ cause }),
    modelEnded: (end) => modelEnds.inc({ end }),
    audioDropped: (direction, frames) => dropped.inc({ direction }, frames),
    toolCalled: (tool, outcome, elapsedMs) => tools.observe({ tool, outcome }, elapsedMs / 1000),
    tokensUsed: (kind, count) => tokens.inc({ kind }, count),
    transportIncident: (what) => incidents.inc({ what }),
    clientMessageMalformed: () => malformedMessages.inc(),
    httpAnswered: (method, route, status, elapsedMs) => http.observe({ method, route, status }, elapsedMs / 1000),
    httpMalformed: () => malformedHttp.inc(),
    processFailed: (kind) => failures.inc({ kind }),
    watchCalls: (read) => {
      gauge(registry, 'calls_active', 'Calls at this moment.', () => read().activeCalls);
      gauge(registry, 'calls_capacity', 'Calls there may be at the same time.', () => read().maxCalls);
    },
    watchEventLoop: (read) => {
      gauge(registry, 'event_loop_lag_mean_seconds', 'Event-loop lateness, mean.', () => read().meanMs / 1000);
      gauge(registry, 'event_loop_lag_p99_seconds', 'Event-loop lateness, p99.', () => read().p99Ms / 1000);
      gauge(registry, 'event_loop_lag_max_seconds', 'Event-loop lateness, worst.', () => read().maxMs / 1000);
    },
    watchBeat: (takeWorstLatenessMs) => {
      const help = 'Worst lateness of the 20 ms audio beat since the last scrape.';
      gauge(registry, 'audio_beat_lateness_max_seconds', help, () => takeWorstLatenessMs() / 1000);
    },
    watchModel: (read) => {
      new Counter({
        name: `${PREFIX}model_events_total`,
        help: 'What happened between the bot and the model, by name.',
        labelNames: ['event'],
        registers,
        collect() {
          this.reset();
          for (const [event, count] of Object.entries(read())) this.inc({ event }, count);
        },
      });
    },
    render: () => registry.metrics(),
  };
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name: PREFIX + name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
