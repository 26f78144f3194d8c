import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { alarmNow, sayChange } from './alarm-actions';
import { sendError, sendJson, type ServiceError } from './answer';
import { type AwsFault, FaultTable } from './faults';
import { answerAvailability, type ModelOffer } from './model-availability';
import { operationOf, type Operation } from './operation';
import { answerQuota } from './service-quotas';
import { answerSimulation } from './policy-simulator';

export interface FakeAwsOptions {
  /** The emulator that answers what is not answered here. */
  readonly upstreamUrl: string;
  /** How far AWS's clock is ahead of this machine's. */
  readonly skewMs?: number;
  /** Operations that something else answers than the emulator, in AWS's JSON protocol: by name, from the request's body. */
  readonly answers?: Readonly<Record<string, (body: unknown) => unknown>>;
  /** Told of operations that the emulator has answered well: by name, from the request's body. */
  readonly watches?: Readonly<Record<string, (body: unknown) => void>>;
  /** What Bedrock says of its models; by default the two Sonics are offered in eu-north-1 and us-east-1, and granted. */
  readonly offer?: ModelOffer;
}

/** One request that came in. */
export interface SeenRequest {
  readonly operation: string;
  readonly region: string;
  /** Path and query. */
  readonly target: string;
}

/** Headers of the emulator's answer that the front sets itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['date', 'transfer-encoding', 'connection']);
const MAX_SKEW_MS = 5 * 60_000;
const DEFAULT_OFFER: ModelOffer = {
  modelIds: ['amazon.nova-2-5-sonic', 'amazon.nova-2-sonic-v1:0'],
  regions: ['eu-north-1', 'us-east-1'],
  isAuthorized: true,
  hasAgreement: true,
};

/**
 * AWS on loopback: an emulator behind a front that can fail as the real services do, in their words and shapes, and that
 * answers what the emulator does not know (IAM's policy simulation, Bedrock's offer of models).
 */
export class FakeAws {
  readonly requests: SeenRequest[] = [];
  /** May be changed between requests. */
  offer: ModelOffer;
  skewMs: number;
  /** Quotas that the account has been given, by their codes. */
  quotas: Readonly<Record<string, number>> = {};
  readonly #upstream: URL;
  readonly #given: NonNullable<FakeAwsOptions['answers']>;
  readonly #watches: NonNullable<FakeAwsOptions['watches']>;
  #answers: NonNullable<FakeAwsOptions['answers']>;
  readonly #faults = new FaultTable();
  readonly #server = createServer((request, response) => void this.#take(request, response));
  readonly #sockets = new Set<Socket>();
  #closing: Promise<void> | undefined;

  private constructor(options: FakeAwsOptions) {
    this.#upstream = new URL(options.upstreamUrl);
    this.#given = options.answers ?? {};
    this.#answers = this.#given;
    this.#watches = options.watches ?? {};
    this.offer = options.offer ?? DEFAULT_OFFER;
    this.skewMs = options.skewMs ?? 0;
    // A connection that is closed for being idle just as it is used again would be a fault that nobody asked for.
    this.#server.keepAliveTimeout = 0;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(options: FakeAwsOptions): Promise<FakeAws> {
    const sandbox = new FakeAws(options);
    await new Promise<void>((resolve) => sandbox.#server.listen(0, '127.0.0.1', resolve));
    return sandbox;
  }

  /** For AWS_ENDPOINT_URL. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers an operation (`secretsmanager:GetSecretValue`; `*` is all) with an error. */
  fail(operation: string, error: ServiceError, times = Number.POSITIVE_INFINITY): void {
    this.#faults.add(operation, { kind: 'error', error }, times);
  }

  /** Ends the connection of an operation without an answer. */
  drop(operation: string, times = Number.POSITIVE_INFINITY): void {
    this.#faults.add(operation, { kind: 'drop' }, times);
  }

  /** Holds the next request for an operation: `arrived` resolves when it is there, `release` lets it go on. */
  hold(operation: string): { arrived: Promise<void>; release: () => void } {
    let arrived: () => void = () => undefined;
    let release: () => void = () => undefined;
    const hasArrived = new Promise<void>((resolve) => (arrived = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    this.#faults.add(operation, { kind: 'hold', arrived, released }, 1);
    return { arrived: hasArrived, release };
  }

  /** Something else answers these operations than the emulator, until everything is healed. */
  answer(answers: NonNullable<FakeAwsOptions['answers']>): void {
    this.#answers = { ...this.#answers, ...answers };
  }

  /** Takes back all faults, skew included. */
  heal(): void {
    this.#faults.clear();
    this.#answers = this.#given;
    this.skewMs = 0;
    this.offer = DEFAULT_OFFER;
    this.quotas = {};
    this.requests.length = 0;
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
    return this.#closing;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const operation = operationOf(request.method ?? '', request.url ?? '/', request.headers, body);
      this.requests.push({ operation: operation.name, region: operation.region, target: request.url ?? '/' });
      response.setHeader('date', new Date(Date.now() + this.skewMs).toUTCString());
      await this.#answer(operation, request, body, response);
    } catch {
      // The client, or the emulator, is gone.
      response.destroy();
    }
  }

  async #answer(operation: Operation, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const { protocol, name, region } = operation;
    const isHead = request.method === 'HEAD';
    const skew = this.#skewError(request);
    const fault: AwsFault | undefined = skew === undefined ? this.#faults.take(name) : { kind: 'error', error: skew };
    if (fault?.kind === 'hold') {
      fault.arrived();
      await fault.released;
    }
    if (fault?.kind === 'error') sendError(response, protocol, fault.error, isHead);
    else if (fault?.kind === 'drop') response.destroy();
    else if (this.#answers[name] !== undefined)
      sendJson(response, this.#answers[name](JSON.parse(body.toString('utf8'))));
    else if (name === 'bedrock:GetFoundationModelAvailability') {
      answerAvailability(request.url ?? '', region, this.offer, response);
    } else if (name === 'iam:SimulatePrincipalPolicy') {
      await answerSimulation(this.#upstream.origin, body.toString('utf8'), response);
    } else if (/^servicequotas:Get(AWSDefault)?ServiceQuota$/.test(name)) {
      answerQuota(name, body.toString('utf8'), this.quotas, response);
    } else if (name === 'monitoring:SetAlarmState') await this.#setAlarmState(request, body, region, response);
    else {
      const watch = this.#watches[name];
      await this.#forward(request, body, response, () => watch?.(JSON.parse(body.toString('utf8'))));
    }
  }

  async #setAlarmState(
    request: IncomingMessage,
    body: Buffer,
    region: string,
    response: ServerResponse,
  ): Promise<void> {
    const { AlarmName: name = '' } = JSON.parse(body.toString('utf8')) as { AlarmName?: string };
    const { origin } = this.#upstream;
    const before = await alarmNow(origin, region, name);
    await this.#forward(request, body, response);
    const after = await alarmNow(origin, region, name);
    if (before !== undefined && after !== undefined) await sayChange(origin, region, before, after);
  }

  /** A request is good for five minutes around AWS's own time. */
  #skewError({ headers }: IncomingMessage): ServiceError | undefined {
    const date = String(headers['x-amz-date']);
    const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
    const signedAtMs = Date.parse(
      `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`,
    );
    const nowMs = Date.now() + this.skewMs;
    if (Math.abs(signedAtMs - nowMs) <= MAX_SKEW_MS) return undefined;
    const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    const isLate = signedAtMs < nowMs;
    const message = isLate
      ? `Signature expired: ${date} is now earlier than ${stamp(nowMs - MAX_SKEW_MS)} (${stamp(nowMs)} - 5 min.)`
      : `Signature not yet current: ${date} is still later than ${stamp(nowMs + MAX_SKEW_MS)} (${stamp(nowMs)} + 5 min.)`;
    return { status: 400, code: 'InvalidSignatureException', message };
  }

  #forward(request: IncomingMessage, body: Buffer, response: ServerResponse, onSuccess?: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#upstream;
      const { method, url: path, headers } = request;
      const onward = httpRequest({ hostname, port, method, path, headers, agent: false }, (answer) => {
        // Before whoever asked hears of it, and asks again.
        if (answer.statusCode === 200) onSuccess?.();
        const kept = Object.entries(answer.headers).filter(([name]) => !OWN_HEADERS.has(name));
        response.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept));
        answer.pipe(response);
        answer.once('error', reject);
        response.once('close', resolve);
      });
      onward.once('error', reject);
      onward.end(body);
    });
  }
}
