import { WebSocket } from 'ws';
import { RuleBroken } from '../errors';
import { newSid } from '../ids';
import { Line } from '../line/line';
import { fromMulaw, toMulaw } from '../line/mulaw';
import { BEAT_MS, type Clock } from '../time';
import type { CallFaults, FakeStream, LineQuality } from '../types';
import { readBotMessage } from './bot-message';
import { Outbox } from './outbox';
import { Playback } from './playback';

/** What a stream tells its call. */
export interface StreamListener {
  readonly onStarted: (streamSid: string) => void;
  readonly onAudio: (streamSid: string) => void;
  readonly onMark: (name: string) => void;
  readonly onEcho: (name: string, wasPlayed: boolean) => void;
  readonly onClear: (unheardMs: number) => void;
  readonly onRuleBroken: (error: RuleBroken) => void;
}

export interface StreamOptions {
  readonly accountSid: string;
  readonly callSid: string;
  /** As the TwiML has it. */
  readonly url: string;
  readonly parameters: readonly (readonly [string, string])[];
  readonly line: Partial<LineQuality>;
  /** The call's own, which may change. */
  readonly faults: CallFaults;
  readonly clock: Clock;
  readonly listener: StreamListener;
}

type State =
  | { readonly kind: 'connected'; readonly cancelStart: () => void }
  | { readonly kind: 'started'; readonly startedMs: number }
  | { readonly kind: 'over'; readonly by: 'bot' | 'twilio'; readonly code: number };

const CLOSE_WITHIN_MS = 5_000;
/** As ws says it: the connection went without a closing handshake. */
const ABNORMAL = 1006;

/** Twilio's end of a media stream in both directions, from the answered upgrade on. It owns the WebSocket. */
export class MediaStream implements FakeStream {
  readonly sid = newSid('MZ');
  readonly callSid: string;
  readonly url: string;
  readonly closed: Promise<{ readonly by: 'bot' | 'twilio'; readonly code: number }>;
  readonly #socket: WebSocket;
  readonly #options: StreamOptions;
  readonly #line: Line;
  readonly #playback: Playback;
  readonly #outbox: Outbox;
  #state: State;
  #sequence = 1;
  #chunk = 0;
  #isHalfOpen = false;
  #isStopping = false;
  #saidBinary = false;
  #framesTaken = 0;
  #beatMs = Infinity;
  #cancelClose: () => void = () => undefined;
  #settle: (end: { by: 'bot' | 'twilio'; code: number }) => void = () => undefined;

  /** @param socket open: its upgrade was answered with 101 */
  constructor(socket: WebSocket, options: StreamOptions) {
    this.#socket = socket;
    this.#options = options;
    this.callSid = options.callSid;
    this.url = options.url;
    this.#line = new Line(options.line);
    this.#playback = new Playback((name, wasPlayed) => this.#echo(name, wasPlayed));
    this.#outbox = new Outbox((text) => this.sendRaw(text));
    this.closed = new Promise((resolve) => (this.#settle = resolve));
    socket.on('message', (data: Buffer, isBinary) => this.#onMessage(data, isBinary));
    socket.on('close', (code) => this.#end(this.#isStopping ? 'twilio' : 'bot', code));
    socket.on('error', () => undefined); // 'close' follows
    socket.resume();
    this.sendRaw(JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }));
    const { startDelayMs } = options.faults;
    this.#state = { kind: 'connected', cancelStart: () => undefined };
    if (startDelayMs === 0) this.#start();
    else if (Number.isFinite(startDelayMs)) {
      this.#state = { kind: 'connected', cancelStart: options.clock.after(startDelayMs, () => this.#start()) };
    }
  }

  get startedMs(): number | undefined {
    return this.#state.kind === 'started' ? this.#state.startedMs : undefined;
  }

  get isOpen(): boolean {
    return this.#state.kind !== 'over';
  }

  get unheardMs(): number {
    return this.#playback.unheardMs;
  }

  get mostUnheardMs(): number {
    return this.#playback.mostUnheardMs;
  }

  get underruns(): number {
    return this.#playback.underruns;
  }

  get framesTaken(): number {
    return this.#framesTaken;
  }

  /** A beat of the call: takes what the person says, and gives what they hear of the bot. */
  beat(spoken: Int16Array | undefined, dueMs: number): Int16Array | undefined {
    if (this.#state.kind !== 'started') return undefined;
    const { startedMs } = this.#state;
    this.#beatMs = dueMs;
    const carried = this.#line.carry(spoken);
    if (carried.kind === 'frame') {
      this.#chunk += 1;
      const media = {
        track: 'inbound',
        chunk: String(this.#chunk),
        timestamp: String(Math.max(0, Math.round(dueMs - startedMs))),
        payload: Buffer.from(toMulaw(carried.pcm)).toString('base64'),
      };
      const { reorders, duplicates } = this.#options.faults;
      this.#outbox.put({
        text: this.#numbered('media', { media }),
        dueMs: dueMs + carried.delayMs,
        reorders,
        duplicates,
      });
    }
    this.#outbox.flush(this.#options.clock.nowMs());
    const played = this.#playback.beat();
    return played === undefined ? undefined : fromMulaw(played);
  }

  press(digit: string): void {
    if (this.#state.kind !== 'started') return;
    this.sendRaw(this.#numbered('dtmf', { dtmf: { track: 'inbound_track', digit } }));
  }

  sendRaw(data: string | Buffer): void {
    if (this.#isHalfOpen || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(data);
  }

  goHalfOpen(): void {
    this.#isHalfOpen = true;
    this.#socket.pause();
  }

  cut(): void {
    this.#socket.terminate();
  }

  /** Twilio ends it: the person hung up, or the call goes on elsewhere. Idempotent. Resolves when the socket is closed. */
  async stop(): Promise<void> {
    if (this.#state.kind === 'over') return;
    if (!this.#isStopping) {
      this.#isStopping = true;
      this.#cancelStart();
      const { losesStop } = this.#options.faults;
      if (this.#isHalfOpen) this.#socket.terminate();
      else {
        const { accountSid, callSid } = this.#options;
        if (!losesStop) this.sendRaw(this.#numbered('stop', { stop: { accountSid, callSid } }));
        this.#socket.close(1000);
        this.#cancelClose = this.#options.clock.after(CLOSE_WITHIN_MS, () => this.#socket.terminate());
      }
    }
    await this.closed;
  }

  #start(): void {
    if (this.#state.kind !== 'connected' || this.#isStopping) return;
    const { accountSid, callSid, parameters, clock, faults, listener } = this.#options;
    this.#state = { kind: 'started', startedMs: clock.nowMs() };
    const start = {
      accountSid,
      callSid,
      streamSid: this.sid,
      tracks: ['inbound'],
      customParameters: Object.fromEntries(parameters),
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      ...faults.start,
    };
    this.sendRaw(this.#numbered('start', { start }));
    listener.onStarted(this.sid);
  }

  #numbered(event: string, rest: object): string {
    const sequenceNumber = String(this.#sequence);
    this.#sequence += 1;
    return JSON.stringify({ event, sequenceNumber, streamSid: this.sid, ...rest });
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#isHalfOpen || this.#isStopping) return;
    const { listener } = this.#options;
    if (isBinary) {
      if (!this.#saidBinary) listener.onRuleBroken(new RuleBroken(31950, 'a binary frame'));
      this.#saidBinary = true;
      return;
    }
    try {
      this.#take(data.toString());
    } catch (error) {
      if (!(error instanceof RuleBroken)) throw error;
      listener.onRuleBroken(error);
    }
  }

  #take(text: string): void {
    const { listener } = this.#options;
    if (this.#state.kind !== 'started') throw new RuleBroken(31924, 'a message before start');
    const message = readBotMessage(text, this.sid);
    switch (message.event) {
      case 'media':
        if (this.#playback.isIdle) listener.onAudio(this.sid);
        this.#framesTaken += 1;
        this.#playback.media(message.mulaw, this.#overdueBeats);
        return;
      case 'mark':
        listener.onMark(message.name);
        this.#playback.mark(message.name);
        return;
      case 'clear':
        listener.onClear(this.#playback.clear(this.#overdueBeats));
    }
  }

  /** Beats that should have been by now. */
  get #overdueBeats(): number {
    return Math.max(0, Math.floor((this.#options.clock.nowMs() - this.#beatMs) / BEAT_MS));
  }

  #echo(name: string, wasPlayed: boolean): void {
    this.#options.listener.onEcho(name, wasPlayed);
    if (!this.#options.faults.losesMarks) this.sendRaw(this.#numbered('mark', { mark: { name } }));
  }

  #cancelStart(): void {
    if (this.#state.kind === 'connected') this.#state.cancelStart();
  }

  #end(by: 'bot' | 'twilio', code: number): void {
    if (this.#state.kind === 'over') return;
    this.#cancelStart();
    this.#cancelClose();
    this.#state = { kind: 'over', by, code: code === 1005 ? 1000 : code || ABNORMAL };
    this.#settle({ by, code: this.#state.code });
  }
}
