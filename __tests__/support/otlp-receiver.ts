import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const nanos = z.union([z.string().regex(/^\d+$/), z.int()]).transform((value) => Number(BigInt(value) / 1_000_000n));
const attribute = z.object({
  key: z.string(),
  value: z
    .object({
      stringValue: z.string().optional(),
      boolValue: z.boolean().optional(),
      intValue: z.union([z.number(), z.string()]).optional(),
      doubleValue: z.number().optional(),
    })
    .transform(
      ({ stringValue, boolValue, intValue, doubleValue }) =>
        stringValue ?? boolValue ?? doubleValue ?? Number(intValue),
    ),
});
const attributes = z
  .array(attribute)
  .optional()
  .transform((all = []) => Object.fromEntries(all.map(({ key, value }) => [key, value])));
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional().default(''),
  name: z.string(),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  status: z.object({ code: z.number().optional() }).optional(),
});
/** ExportTraceServiceRequest in OTLP's JSON (opentelemetry-proto, collector/trace/v1). */
const request = z.object({
  resourceSpans: z.array(
    z.object({ resource: z.object({ attributes }), scopeSpans: z.array(z.object({ spans: z.array(span) })) }),
  ),
});

const STATUS_ERROR = 2;

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
}

/** A collector on loopback that reads OTLP over HTTP and keeps what it gets; what it cannot read is refused. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  resource: Readonly<Record<string, unknown>> = {};
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.once('end', () => {
        const isTraces = req.method === 'POST' && req.url === '/v1/traces';
        const isJson = req.headers['content-type'] === 'application/json';
        if (!isTraces || !isJson) {
          res.writeHead(isTraces ? 415 : 404).end();
          return;
        }
        const raw = Buffer.concat(chunks);
        const text = (req.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString();
        const parsed = request.safeParse(JSON.parse(text));
        if (parsed.success) this.#keep(parsed.data);
        res.writeHead(parsed.success ? 200 : 400, { 'content-type': 'application/json' }).end('{}');
      });
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The one span of this name. */
  span(name: string): ReceivedSpan {
    const found = this.spans.filter((one) => one.name === name);
    if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} spans called ${name}`);
    return found[0];
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #keep({ resourceSpans }: z.output<typeof request>): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resource = resource.attributes;
      for (const { startTimeUnixNano, endTimeUnixNano, status, ...rest } of scopeSpans.flatMap(({ spans }) => spans)) {
        const failed = status?.code === STATUS_ERROR;
        this.spans.push({ ...rest, startMs: startTimeUnixNano, endMs: endTimeUnixNano, failed });
      }
    }
  }
}
