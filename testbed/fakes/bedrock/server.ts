import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import http2, { type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import net, { type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { makeFolder } from '../../../contract/make-folder';
import { EspeakSynthesiser, RecordedSynthesiser, type Synthesiser, ToneSynthesiser, writeWav } from '../../speech';
import { FaultQueue, type Fault, type FaultTrigger, type PlannedFault } from './faults';
import { DEFAULT_DIALECT, DIALECTS, LIVE, differences, type Behaviours, type Dialect } from './behaviours';
import { drawMixture } from './mixture';
import { admit, httpFault, respondWithError } from './request-auth';
import { plannedTrouble } from './trouble';
import { Ticker } from './ticker';
import { Recogniser, type Scenario } from './recogniser';
import type { Cassette } from './replay/refill';
import type { Departure } from './replay/replay';
import type { ModelScript } from './script';
import { Session } from './session';
import { FAKE_CREDENTIALS, type AcceptedCredentials } from './sigv4';
import { SpeechCache } from './speech-cache';
import type { FakeSession } from './types';
import { SessionWaiters } from './waiters';

export { FAKE_CREDENTIALS } from './sigv4';
export { bundledScenario, loadScenario } from './recogniser';
export type { Fault, FaultTrigger } from './faults';
export type { ModelScript, ScriptedReply } from './script';
export type { FakeSession } from './types';
export type { Behaviours, Dialect } from './behaviours';

type Voice = 'espeak' | 'tone' | 'recorded';

const SYNTHESISERS: Readonly<Record<Voice, () => Synthesiser>> = {
  espeak: () => new EspeakSynthesiser(),
  tone: () => new ToneSynthesiser(),
  recorded: () => new RecordedSynthesiser(),
};

export interface FakeBedrockOptions {
  /** 0, the default, takes any free port; always on 127.0.0.1. */
  readonly port?: number;
  /** PEM. Without it: HTTP/2 in clear text with prior knowledge. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The one pair that is accepted. */
  readonly credentials?: AcceptedCredentials;
  /** The region that requests must be signed for. */
  readonly region?: string;
  readonly models?: readonly string[];
  /** How far the service's clock is ahead of this machine's. */
  readonly clockAheadMs?: number;
  /** Recordings whose words are known; none by default. */
  readonly scenario?: Scenario;
  /** The service as it is documented, or as it was seen. */
  readonly dialect?: Dialect;
  /** Laid over the dialect. */
  readonly behaviours?: Partial<Behaviours>;
  /** Each session has behaviours of its own, drawn with this seed, under `behaviours`. */
  readonly mix?: number;
  /** Recordings that are played, one for each session in turn; sessions after the last are answered as usual. */
  readonly replay?: readonly Cassette[];
  /** Speeds up the 8-minute and 55-second limits, and nothing else. */
  readonly timeScale?: number;
  /** How long from typed text to the first audio of its answer, in ms; the pace's own by default. */
  readonly typedAnswerMs?: ((text: string) => number | undefined) | undefined;
  /** Speeds up thinking, speaking and being heard, and nothing else. */
  readonly speechScale?: number;
  /** A folder that gets what each session heard, as `<n>-heard.wav`. */
  readonly recordTo?: string;
  /** For load, of the length that speech would have: `tone`, the cheapest, and `recorded`, which costs a bot what speech does. */
  readonly voice?: Voice;
  /** How many ended sessions keep their audio; older ones keep their log only. */
  readonly keepAudioOf?: number;
  /** Called with all audio that comes in, as it comes in; the samples may be kept but not changed. */
  readonly onHeard?: (sessionId: string, pcm16k: Int16Array) => void;
  /** Called when a client does otherwise than in the recording that is played to it. */
  readonly onDeparture?: (departure: Departure) => void;
  readonly log?: (line: Record<string, unknown>) => void;
}

export interface FakeBedrock {
  /** `http://127.0.0.1:PORT` or `https://…`, for the client's `endpoint`. */
  readonly url: string;
  /** In the order in which they were opened. */
  readonly sessions: readonly FakeSession[];
  /** Connections open now: 0 when nothing has leaked. */
  readonly connections: number;
  /** Makes something go wrong in the next session (in the next `times`), at open unless said otherwise. Queues up. */
  failNext(fault: Fault, when?: FaultTrigger, times?: number): void;
  /** Changes the behaviours of sessions to come; those that are not named are the dialect's. */
  behave(behaviours: Partial<Behaviours>): void;
  /** Has all sessions, of now and later, think by this script. */
  follow(script: ModelScript | undefined): void;
  /** Plays recordings to the next sessions, one each, in place of those that were to be played. */
  play(cassettes: readonly Cassette[]): void;
  /** Forgets faults that have not been taken. */
  clearFaults(): void;
  /** The first session, of now or later, that satisfies `predicate` (any by default). */
  waitForSession(predicate?: (session: FakeSession) => boolean, timeoutMs?: number): Promise<FakeSession>;
  /** Ends everything; idempotent. */
  close(): Promise<void>;
}

/** Speech is sent, and limits are looked at, in this rhythm. */
const PULSE_MS = 20;
const DEFAULT_MODELS = ['amazon.nova-2-sonic-v1:0', 'amazon.nova-2-5-sonic'];

/** Starts a strict local stand-in for Bedrock's bidirectional stream with Nova 2.5 Sonic (and 2) behind it. */
export async function startFakeBedrock(options: FakeBedrockOptions = {}): Promise<FakeBedrock> {
  const server = new SandboxServer(options);
  await server.listen();
  return server;
}

class SandboxServer implements FakeBedrock {
  readonly sessions: Session[] = [];
  readonly #options: FakeBedrockOptions;
  readonly #faults = new FaultQueue();
  readonly #live = new Set<Session>();
  readonly #sockets = new Map<string, Socket>();
  readonly #synthesiser: Synthesiser;
  readonly #speech: SpeechCache;
  readonly #recogniser: Recogniser;
  readonly #front: net.Server;
  readonly #http2: http2.Http2Server | http2.Http2SecureServer;
  readonly #http1 = http.createServer();
  readonly #ticker = new Ticker(PULSE_MS, () => this.#beat());
  readonly #waiters = new SessionWaiters(
    () => this.sessions,
    () => this.#rest(),
  );
  #behaviours: Partial<Behaviours>;
  #script: ModelScript | undefined;
  #cassettes: Cassette[];
  #closing: Promise<void> | undefined;
  #port = 0;

  constructor(options: FakeBedrockOptions) {
    this.#options = options;
    this.#behaviours = options.behaviours ?? {};
    this.#cassettes = [...(options.replay ?? [])];
    this.#synthesiser = SYNTHESISERS[options.voice ?? 'espeak']();
    this.#speech = new SpeechCache(this.#synthesiser);
    this.#recogniser = new Recogniser(options.scenario ?? { recordings: [] });
    if (options.recordTo !== undefined) makeFolder(options.recordTo);
    this.#http2 = options.tls === undefined ? http2.createServer() : http2.createSecureServer(options.tls);
    this.#http2.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) =>
      this.#request(stream, headers),
    );
    // A connection that breaks, or a client that does not speak the protocol, ends that connection and nothing else.
    this.#http2.on('session', (session: ServerHttp2Session) => session.on('error', () => undefined));
    for (const event of ['sessionError', 'clientError', 'tlsClientError', 'error'])
      this.#http2.on(event, () => undefined);
    this.#front = net.createServer((socket) => this.#accept(socket));
  }

  get url(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port}`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  failNext(fault: Fault, when: FaultTrigger = 'at-open', times = 1): void {
    this.#faults.add(fault, when, times);
  }

  behave(behaviours: Partial<Behaviours>): void {
    this.#behaviours = behaviours;
  }

  follow(script: ModelScript | undefined): void {
    this.#script = script;
  }

  play(cassettes: readonly Cassette[]): void {
    this.#cassettes = [...cassettes];
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  waitForSession(predicate: (session: FakeSession) => boolean = () => true, timeoutMs = 60_000): Promise<FakeSession> {
    return this.#waiters.wait(predicate, timeoutMs);
  }

  async listen(): Promise<void> {
    // Wakes the synthesiser, so that the first greeting does not wait for it.
    await this.#speech.get('Hello!', 'matthew');
    await new Promise<void>((resolve, reject) => {
      this.#front.once('error', reject);
      this.#front.listen(this.#options.port ?? 0, '127.0.0.1', () => {
        this.#front.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#front.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async #shutDown(): Promise<void> {
    const sockets = [...this.#sockets.values()];
    const gone = [
      new Promise((resolve) => this.#front.close(resolve)),
      ...sockets.map((socket) => once(socket, 'close')),
    ];
    const sessions = [...this.#live];
    for (const session of sessions) session.close();
    for (const socket of sockets) socket.destroy();
    await Promise.all(gone);
    await Promise.all(sessions.map((session) => session.ended));
    this.#waiters.abandon();
    this.#ticker.run(false);
    this.#http1.close();
    await this.#synthesiser.close();
  }

  #accept(socket: Socket): void {
    const key = socketKey(socket);
    this.#sockets.set(key, socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(key);
      this.#faults.release(key);
    });
    const fault = this.#faults.hold(key);
    if (fault?.kind === 'no-settings' || fault?.kind === 'http1-peer') {
      this.#faults.take(key);
      if (fault.kind === 'http1-peer') this.#speakHttp1(socket);
      else socket.resume();
      return;
    }
    this.#http2.emit('connection', socket);
  }

  #speakHttp1(socket: Socket): void {
    if (this.#options.tls === undefined) {
      this.#http1.emit('connection', socket);
      return;
    }
    const secure = new tls.TLSSocket(socket, { isServer: true, ALPNProtocols: ['http/1.1'], ...this.#options.tls });
    secure.on('error', () => socket.destroy());
    secure.on('secure', () => this.#http1.emit('connection', secure));
  }

  #request(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const key = socketKey(stream.session?.socket);
    const planned = this.#faults.take(key);
    const socket = this.#sockets.get(key);
    if (planned?.fault.kind === 'no-headers') {
      ignore(stream);
      return;
    }
    if (planned?.fault.kind === 'http-error') {
      this.#refuse(stream, httpFault(planned.fault));
      return;
    }
    const admission = admit(headers, {
      credentials: this.#options.credentials ?? FAKE_CREDENTIALS,
      region: this.#options.region ?? 'eu-north-1',
      models: this.#options.models ?? DEFAULT_MODELS,
      epochMs: this.#epochMs(),
    });
    if (!admission.ok) {
      this.#refuse(stream, admission.exception);
      return;
    }
    if (socket === undefined || this.#closing !== undefined) {
      stream.destroy();
      return;
    }
    this.#open(stream, socket, admission, planned);
  }

  #refuse(stream: ServerHttp2Stream, exception: Parameters<typeof respondWithError>[1]): void {
    this.#log({ msg: 'request refused', status: exception.status, type: exception.type, reason: exception.message });
    stream.on('error', () => undefined);
    stream.resume();
    respondWithError(stream, exception, this.#epochMs());
  }

  #open(
    stream: ServerHttp2Stream,
    socket: Socket,
    admission: Extract<ReturnType<typeof admit>, { ok: true }>,
    planned: PlannedFault | undefined,
  ): void {
    const nth = this.sessions.length;
    const { dialect = DEFAULT_DIALECT, mix } = this.#options;
    const base = mix === undefined ? DIALECTS[dialect] : drawMixture(mix, nth);
    const behaviours = { ...base, ...this.#behaviours };
    const session = new Session({
      id: randomUUID(),
      modelId: admission.modelId,
      behaviours,
      stream,
      socket,
      chain: admission.chain,
      speech: this.#speech,
      recogniser: this.#recogniser,
      timeScale: this.#options.timeScale ?? 1,
      speechScale: this.#options.speechScale ?? 1,
      typedAnswerMs: this.#options.typedAnswerMs,
      fault: planned ?? plannedTrouble(behaviours, nth),
      cassette: this.#cassettes.shift(),
      onDeparture: this.#options.onDeparture,
      script: () => this.#script,
      onHeard: this.#options.onHeard,
      nowMs: () => performance.now(),
      epochMs: () => this.#epochMs(),
      log: (line) => this.#log(line),
    });
    this.sessions.push(session);
    this.#live.add(session);
    void session.ended.then(() => this.#ended(session));
    const special = differences(behaviours, mix === undefined ? DIALECTS[dialect] : LIVE);
    this.#log({ msg: 'session opened', session: session.id, model: session.modelId, behaviours: special });
    this.#rest();
    this.#waiters.check();
  }

  #ended(session: Session): void {
    this.#live.delete(session);
    const { recordTo } = this.#options;
    if (recordTo !== undefined) {
      const file = path.join(recordTo, `${this.sessions.indexOf(session) + 1}-heard.wav`);
      writeWav(file, { rateHz: 16_000, samples: session.heardPcm16k() });
    }
    const [departure] = session.departures;
    if (departure !== undefined) this.#log({ msg: 'replay departed', session: session.id, departure: departure.what });
    this.#forgetOldAudio();
    this.#waiters.check();
    this.#rest();
  }

  #forgetOldAudio(): void {
    const ended = this.sessions.filter((session) => session.endedWith !== undefined);
    const kept = this.#options.keepAudioOf ?? 100;
    for (const session of ended.slice(0, Math.max(0, ended.length - kept))) session.forgetAudio();
  }

  #beat(): void {
    const nowMs = performance.now();
    for (const session of this.#live) session.tick(nowMs);
    if (this.#waiters.size > 0) this.#waiters.check();
  }

  /** Beats only while there is something to do. */
  #rest(): void {
    this.#ticker.run(this.#live.size > 0 || this.#waiters.size > 0);
  }

  #epochMs(): number {
    return Date.now() + (this.#options.clockAheadMs ?? 0);
  }

  #log(line: Record<string, unknown>): void {
    this.#options.log?.(line);
  }
}

/** Reads and never answers. */
function ignore(stream: ServerHttp2Stream): void {
  stream.on('error', () => undefined);
  stream.resume();
}

function socketKey(socket: { readonly remotePort?: number | undefined } | undefined): string {
  return String(socket?.remotePort);
}
