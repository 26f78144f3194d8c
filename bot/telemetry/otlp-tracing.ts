import type { Span } from '@opentelemetry/api';
import type { Clock } from '../time';
import type { CallTrace, SpanAttributes, Tracing } from './tracing';

export interface OtlpOptions {
  /** The collector, without `/v1/traces`. */
  readonly endpoint: string;
  readonly serviceName: string;
  readonly version: string;
  readonly clock: Clock;
  /** How often spans are sent. */
  readonly everyMs?: number;
  /** How long sending may take, and so the end of the process. */
  readonly withinMs?: number;
}

const SEND_EVERY_MS = 5_000;
/** A collector that is away costs this much memory at most: what comes when the queue is full is dropped. */
const MAX_QUEUED = 2_048;
const SEND_WITHIN_MS = 5_000;

/**
 * Sends spans to a collector by OTLP over HTTP, with the official SDK: batching, retries, the wire format and the
 * standard OTEL_* variables (headers, compression, resource attributes) are its business. It is loaded here, so only
 * where an endpoint is set; nothing global is registered, and nothing is instrumented by itself. The SDK's 2.x line is
 * used because 3.x wants Node 22.
 */
export async function createOtlpTracing(options: OtlpOptions): Promise<Tracing> {
  const [api, exporters, resources, sdk] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-base'),
  ]);
  const { clock, endpoint, serviceName, version, withinMs = SEND_WITHIN_MS } = options;
  const exporter = new exporters.OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: withinMs });
  const provider = new sdk.BasicTracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
    spanProcessors: [
      new sdk.BatchSpanProcessor(exporter, {
        scheduledDelayMillis: options.everyMs ?? SEND_EVERY_MS,
        maxQueueSize: MAX_QUEUED,
        exportTimeoutMillis: withinMs,
      }),
    ],
  });
  const tracer = provider.getTracer('voice-agent', version);
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = api;
  const markFailed = (span: Span): void => void span.setStatus({ code: SpanStatusCode.ERROR });
  let closed: Promise<void> | undefined;
  return {
    startCall: (attributes) => {
      const started = { kind: SpanKind.SERVER, root: true, startTime: clock.epochMs(), attributes };
      const root = tracer.startSpan('call', started, ROOT_CONTEXT);
      const context = trace.setSpan(ROOT_CONTEXT, root);
      const child = (name: string, startTime: number, of: SpanAttributes): Span =>
        tracer.startSpan(name, { kind: SpanKind.INTERNAL, startTime, attributes: of }, context);
      return new OtlpCallTrace({ root, clock, child, markFailed });
    },
    close: () => (closed ??= provider.shutdown().catch(() => undefined)),
  };
}

interface Parts {
  readonly root: Span;
  readonly clock: Clock;
  readonly child: (name: string, startEpochMs: number, attributes: SpanAttributes) => Span;
  readonly markFailed: (span: Span) => void;
}

class OtlpCallTrace implements CallTrace {
  readonly traceId: string;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.traceId = parts.root.spanContext().traceId;
  }

  span(name: string, lastedMs: number, attributes: SpanAttributes = {}, failed = false): void {
    const { clock, child, markFailed } = this.#parts;
    const endMs = clock.epochMs();
    const span = child(name, endMs - Math.max(0, lastedMs), attributes);
    if (failed) markFailed(span);
    span.end(endMs);
  }

  end(attributes: SpanAttributes, failed: boolean): void {
    const { root, clock, markFailed } = this.#parts;
    if (!root.isRecording()) return;
    root.setAttributes(attributes);
    if (failed) markFailed(root);
    root.end(clock.epochMs());
  }
}
