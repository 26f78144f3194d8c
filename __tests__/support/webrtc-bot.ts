import type { AddressInfo } from 'node:net';
import express from 'express';
import pino from 'pino';
import { BotError } from '../../bot/errors';
import { RtviSession } from '../../bot/rtvi/session';
import { systemClock } from '../../bot/time/clock';
import { Ticker } from '../../bot/time/ticker';
import type { CallTransport } from '../../bot/transport/transport';
import { WebRtcGateway } from '../../bot/transport/webrtc/gateway';
import type { IceCandidate, SdpOffer } from '../../bot/transport/webrtc/signalling';
import type { WebRtcTimeouts } from '../../bot/transport/webrtc/transport';

/** One call as the bot's side of a test sees it. */
export class BotSide {
  readonly transport: CallTransport;
  readonly rtvi: RtviSession;
  readonly audio: { pcm: Int16Array; arrivedMs: number }[] = [];
  readonly happened: string[] = [];
  readonly texts: string[] = [];
  error: BotError | undefined;
  readonly started: Promise<void>;
  /** Told of each piece of audio; an echo, say. */
  onAudio: (pcm16k: Int16Array) => void = () => undefined;
  readonly #waiting = new Set<() => void>();

  constructor(transport: CallTransport) {
    this.transport = transport;
    this.rtvi = new RtviSession({
      send: (message) => transport.send(message),
      clock: systemClock,
      typedText: { perMinute: 8_000, perCall: 60_000 },
      handlers: {
        onClientReady: () => this.#note('client-ready'),
        onSendText: (text) => {
          this.texts.push(text);
          this.#note('send-text');
        },
        onKeys: (keys) => this.#note(`keys ${keys}`),
        onDisconnectBot: () => this.#note('disconnect-bot'),
        onClientMessage: (id, t, d) => this.rtvi.serverResponse(id, t, d),
      },
    });
    this.started = transport.start(
      {
        onAudio: (pcm) => {
          this.audio.push({ pcm, arrivedMs: performance.timeOrigin + performance.now() });
          this.onAudio(pcm);
        },
        onMessage: (message) => this.rtvi.receive(message),
        onLeft: (remaining) => this.#note(`left ${remaining}`),
        onFailed: (error) => {
          this.error = error;
          this.#note('failed');
        },
        onMalformed: () => this.#note('malformed'),
        onMuted: (muted) => this.#note(muted ? 'muted' : 'unmuted'),
      },
      new AbortController().signal,
    );
    this.started.then(
      () => {
        this.#note('joined');
        this.rtvi.botReady();
      },
      (error: unknown) => {
        this.error = BotError.from(error);
        this.#note('not started');
      },
    );
  }

  /** All that was heard, 16 kHz. */
  get heard(): Int16Array {
    const pcm = new Int16Array(this.audio.reduce((sum, piece) => sum + piece.pcm.length, 0));
    let offset = 0;
    for (const piece of this.audio) {
      pcm.set(piece.pcm, offset);
      offset += piece.pcm.length;
    }
    return pcm;
  }

  /** Resolves when `event` has happened. */
  async until(event: string, timeoutMs = 30_000): Promise<void> {
    const endMs = Date.now() + timeoutMs;
    while (!this.happened.includes(event)) {
      const leftMs = endMs - Date.now();
      if (leftMs <= 0) throw new Error(`"${event}" did not happen; happened: ${this.happened.join(', ')}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(wake, leftMs);
        const waiting = this.#waiting;
        waiting.add(wake);
        function wake(): void {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        }
      });
    }
  }

  #note(event: string): void {
    this.happened.push(event);
    for (const wake of [...this.#waiting]) wake();
  }
}

/** The smallest server a Pipecat client can call: a gateway, and nothing behind it but the test. */
export class WebRtcBot {
  readonly gateway: WebRtcGateway;
  readonly ticker: Ticker;
  readonly calls: BotSide[] = [];
  readonly baseUrl: string;
  /** Further offers of known clients that were answered. */
  renegotiations = 0;
  readonly #close: () => Promise<void>;

  private constructor(gateway: WebRtcGateway, ticker: Ticker, baseUrl: string, close: () => Promise<void>) {
    this.gateway = gateway;
    this.ticker = ticker;
    this.baseUrl = baseUrl;
    this.#close = close;
  }

  static async open(options: { timeouts?: Partial<WebRtcTimeouts>; udpPort?: number } = {}): Promise<WebRtcBot> {
    const failures: unknown[] = [];
    const ticker = new Ticker({
      periodMs: 20,
      clock: systemClock,
      // A starved test machine makes late packets, not lost beats.
      maxCatchUpMs: 10_000,
      onListenerError: (error) => failures.push(error),
    });
    const gateway = await WebRtcGateway.create({
      iceServers: [],
      bindAddress: '127.0.0.1',
      clock: systemClock,
      ticker,
      logger: pino({ level: 'silent' }),
      ...options,
    });
    const app = express();
    app.use(express.json({ limit: '256kb' }));
    let sessions = 0;
    app.post('/start', (_req, res) => {
      sessions += 1;
      res.json({ sessionId: `s-${sessions}` });
    });
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const bot: WebRtcBot = new WebRtcBot(gateway, ticker, `http://127.0.0.1:${port}`, async () => {
      await gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (failures.length > 0) throw new AggregateError(failures, 'ticker listeners threw');
    });
    app.post('/sessions/:id/api/offer', (req, res, next) => {
      bot.#offer(toOffer(req.body)).then((answer) => res.json(answer), next);
    });
    app.patch('/sessions/:id/api/offer', (req, res) => {
      const body = req.body as { pc_id: string; candidates: Record<string, unknown>[] };
      gateway.addCandidates(body.pc_id, body.candidates.map(toCandidate));
      res.json({ status: 'success' });
    });
    app.use((error: unknown, _req: express.Request, res: express.Response, next: express.NextFunction) => {
      if (res.headersSent) {
        next(error);
        return;
      }
      const known = BotError.from(error);
      res.status(known.status).json({ code: known.code, detail: known.message });
    });
    return bot;
  }

  /** The latest call. */
  get call(): BotSide {
    const call = this.calls.at(-1);
    if (call === undefined) throw new Error('nobody has called');
    return call;
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #offer(offer: SdpOffer): Promise<unknown> {
    if (offer.pcId !== undefined) {
      const renewed = await this.gateway.renegotiate(offer);
      this.renegotiations += 1;
      return renewed;
    }
    const { answer, transport } = await this.gateway.accept(offer);
    this.calls.push(new BotSide(transport));
    return answer;
  }
}

function toOffer(body: unknown): SdpOffer {
  const { sdp, pc_id, restart_pc } = body as { sdp: string; pc_id: string | null; restart_pc: boolean };
  return { sdp, type: 'offer', restartPc: restart_pc, ...(pc_id === null ? {} : { pcId: pc_id }) };
}

function toCandidate(entry: Record<string, unknown>): IceCandidate {
  return {
    candidate: String(entry['candidate']),
    sdpMid: String(entry['sdp_mid']),
    sdpMLineIndex: Number(entry['sdp_mline_index']),
  };
}
