import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '../errors';
import { ALL_METRICS, BUCKETS_S, METRICS, type MeasuredKey, type MetricKey } from '../../contract/telemetry';
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
  /** A start was sent back through the load balancer; `why` is a word of ours. */
  callSentOn(why: string): void;
  callEnded(reason: string, durationMs: number): void;
  /** From the caller's offer until media flows. */
  callSetUp(elapsedMs: number): void;
  /** From media flowing until the first sound of the greeting. */
  callGreeted(elapsedMs: number): void;
  /** From the end of the caller's speech until the first sound of the answer, and its parts where they are known. */
  callerAnswered(elapsedMs: number, parts?: AnswerParts): void;
  /** From the model's word of a barge-in until nothing of the old answer can be sent. */
  callerInterrupted(elapsedMs: number): void;
  /** The model let the caller wait for `gapMs` in the middle of an answer. */
  answerGlitched(gapMs: number): void;
  modelReconnected(cause: ErrorCode): void;
  /** A broken stream was replaced; nobody listened for `gapMs`. */
  modelRecovered(gapMs: number): void;
  /** A stream was replaced on purpose; nobody listened for `gapMs`. */
  modelRotated(gapMs: number): void;
  /** `closed`, or the code of the failure. */
  modelEnded(end: ErrorCode | 'closed'): void;
  /** `in` is from the caller, `out` to the caller. */
  audioDropped(direction: 'in' | 'out', frames: number): void;
  /** `name` of a tool we offer; whatever else the model asks for is `unknown`. */
  toolCalled(name: string, outcome: 'ok' | ErrorCode, elapsedMs: number): void;
  tokensUsed(kind: TokenKind, tokens: number): void;
  /** Of one call, when it is over; the cost is left out where the model's prices are not known. */
  callUsed(tokens: number, estimatedCostUsd: number | undefined): void;
  /** ECS could not be told to leave this task alone; `why` is a reason of ECS's, or a word of ours. */
  protectionFailed(why: string): void;
  /** The shared count of calls and minutes could not be asked at this step. */
  usageUnknown(step: string): void;
  watchProtection(read: () => boolean): void;
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
  /** Hands every measured value on, in the metric's own unit, from now on. */
  onMeasured(listener: (key: MeasuredKey, value: number) => void): void;
  /** All of it in Prometheus's text format. */
  render(): Promise<string>;
  /** Of what `render` gives. */
  readonly contentType: string;
}

/** Where the time between the caller's last word and the bot's first sound went. */
export interface AnswerParts {
  /** Until the model took the turn to be over and began to answer. */
  readonly endpointingMs: number;
  /** Until its first audio came in. */
  readonly modelMs: number;
  /** Until the first of it was on its way to the caller. */
  readonly playoutMs: number;
}

export type TokenKind = 'input_speech' | 'input_text' | 'output_speech' | 'output_text';

const PREFIX = 'voice_agent_';

type Labels = Readonly<Record<string, string | number>>;

/** Metrics with a registry of their own, made from the catalogue: two in one process do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  addProcessMetrics(registry, PREFIX);
  const instruments = new Map<MetricKey, Instrument>();
  let measured: (key: MeasuredKey, value: number) => void = () => undefined;
  const add = (key: MetricKey, value: number, labels: Labels = {}): void => {
    instruments.get(key)?.(value, labels);
    if (isMeasured(key)) measured(key, value);
  };
  const one = (key: MetricKey, labels: Labels = {}): void => add(key, 1, labels);
  for (const key of Object.keys(ALL_METRICS) as MetricKey[]) {
    const instrument = instrumentFor(registry, key);
    if (instrument !== undefined) instruments.set(key, instrument);
  }
  const watch = (key: MetricKey, read: () => number): void => addGauge(registry, key, read);

  return {
    contentType: registry.contentType,
    callStarted: (transport) => one('callsStarted', { transport }),
    callRefused: (code) => one('callsRefused', { code }),
    callSentOn: (why) => one('callsSentOn', { why }),
    callEnded: (reason, durationMs) => {
      one('callsEnded', { reason });
      add('callDurationMs', durationMs);
    },
    callSetUp: (elapsedMs) => add('callSetupMs', elapsedMs),
    callGreeted: (elapsedMs) => add('timeToGreetingMs', elapsedMs),
    callerAnswered: (elapsedMs, parts) => {
      add('answerLatencyMs', elapsedMs);
      if (parts === undefined) return;
      add('answerEndpointingMs', parts.endpointingMs);
      add('answerModelMs', parts.modelMs);
      add('answerPlayoutMs', parts.playoutMs);
    },
    callerInterrupted: (elapsedMs) => add('bargeInToSilenceMs', elapsedMs),
    answerGlitched: (gapMs) => add('glitchMs', gapMs),
    modelReconnected: (cause) => one('modelReconnects', { cause }),
    modelRecovered: (gapMs) => add('modelGapMs', gapMs),
    modelRotated: (gapMs) => add('rotationGapMs', gapMs),
    modelEnded: (end) => one('modelEnds', { end }),
    audioDropped: (direction, frames) => add('audioDropped', frames, { direction }),
    toolCalled: (tool, outcome, elapsedMs) => add('toolMs', elapsedMs, { tool, outcome }),
    tokensUsed: (kind, count) => add('tokens', count, { kind }),
    callUsed: (tokens, estimatedCostUsd) => {
      add('callTokens', tokens);
      if (estimatedCostUsd !== undefined) add('estimatedCostUsd', estimatedCostUsd);
    },
    protectionFailed: (why) => one('protectionFailures', { why }),
    usageUnknown: (step) => one('usageUnknown', { step }),
    transportIncident: (what) => one('transportIncidents', { what }),
    clientMessageMalformed: () => one('clientMessagesMalformed'),
    httpAnswered: (method, route, status, elapsedMs) => add('httpMs', elapsedMs, { method, route, status }),
    httpMalformed: () => one('httpMalformed'),
    processFailed: (kind) => one('processFailures', { kind }),
    watchProtection: (read) => watch('taskProtected', () => Number(read())),
    watchCalls: (read) => {
      watch('activeCalls', () => read().activeCalls);
      watch('maxCalls', () => read().maxCalls);
    },
    watchEventLoop: (read) => {
      watch('eventLoopLagMean', () => read().meanMs / 1000);
      watch('eventLoopLagP99', () => read().p99Ms / 1000);
      watch('eventLoopLagMs', () => read().maxMs / 1000);
    },
    watchBeat: (takeWorstLatenessMs) => watch('audioBeatLateness', () => takeWorstLatenessMs() / 1000),
    watchModel: (read) => {
      const { name, labels } = METRICS.modelEvents.prometheus;
      new Counter({
        name: PREFIX + name,
        help: METRICS.modelEvents.tells,
        labelNames: labels,
        registers: [registry],
        collect() {
          this.reset();
          for (const [event, count] of Object.entries(read())) this.inc({ event }, count);
        },
      });
    },
    onMeasured: (listener) => (measured = listener),
    render: () => registry.metrics(),
  };
}

/** Takes a value as the code has it. */
type Instrument = (value: number, labels: Labels) => void;

/** What is read when somebody asks is made by whoever knows how to read it. */
const READ_WHEN_ASKED: ReadonlySet<MetricKey> = new Set<MetricKey>(['modelEvents', 'processCpu']);

function instrumentFor(registry: Registry, key: MetricKey): Instrument | undefined {
  const { tells: help, prometheus } = ALL_METRICS[key];
  if (prometheus === undefined || prometheus.type === 'gauge' || READ_WHEN_ASKED.has(key)) return undefined;
  const common = { name: PREFIX + prometheus.name, help, labelNames: prometheus.labels ?? [], registers: [registry] };
  if (prometheus.type === 'counter') {
    const counter = new Counter(common);
    return (value, labels) => counter.inc(labels, value);
  }
  const histogram = new Histogram({ ...common, buckets: [...BUCKETS_S[prometheus.buckets ?? 'response']] });
  return (value, labels) => histogram.observe(labels, value / 1000);
}

function addGauge(registry: Registry, key: MetricKey, read: () => number): void {
  const { tells: help, prometheus } = ALL_METRICS[key];
  new Gauge({
    name: PREFIX + (prometheus?.name ?? key),
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

function isMeasured(key: MetricKey): key is MeasuredKey {
  return ALL_METRICS[key].cloudwatch?.from === 'measured';
}
