import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { BotError } from '../../errors';
import { RTVI_LABEL } from '../../rtvi/messages';
import type { Clock, Ticker, Timer } from '../../time';
import type { CallTransport, CloseReason, TransferDestination, TransferOutcome, TransportEvents } from '../transport';
import { MULAW_8K, parseMessage, type StreamStart, streamWriter, type TwilioMessage } from './messages';
import { VoiceIn } from './voice-in';
import { VoiceOut } from './voice-out';

/** The Internet's unevenness; more is only more to take back on a barge-in. */
const LEAD_MS = 160;
/** `start` follows the upgrade at once. */
const START_WITHIN_MS = 5_000;
/** Twilio sends fifty messages a second, and on some calls none while the caller is silent: then it echoes marks. */
const VANISHED_AFTER_MS = 15_000;
const PING_EVERY_MS = 5_000;
/** Four seconds of audio that Twilio does not read. */
const MAX_BUFFERED_BYTES = 64 * 1024;
const CLOSED_WITHIN_MS = 2_000;

const NORMAL = 1000;
/** What was said is not what this stream is for (RFC 6455 §7.4.1). */
const REFUSED = 1008;
const GONE = 1001;
const UNSUPPORTED = 1003;
const NOT_JSON = 1007;

/** What is done with the call itself, not with its stream. None of it throws. */
export interface LineActions {
  /** Ends the call; resolves within 3 s, also where that did not work. */
  hangUp(callSid: string): Promise<void>;
  /** `onLeaving` is called when the caller is about to be taken from the stream. */
  transfer(options: LineTransfer): Promise<TransferOutcome>;
}

export interface LineTransfer {
  readonly callSid: string;
  readonly to: TransferDestination;
  readonly signal: AbortSignal;
  readonly onLeaving: () => void;
  /** Of the caller's stream. */
  readonly parameters: StreamStart['parameters'];
}

export interface TwilioTransportOptions {
  readonly socket: WebSocket;
  /** What the stream was offered for. */
  readonly callSid: string;
  readonly accountSid: string;
  readonly line: LineActions;
  readonly clock: Clock;
  readonly ticker: Ticker;
  /** Resolves when the callee can be spoken to, and for a machine with what the model is to say to it; left out: at once. */
  readonly untilAnswered?: ((signal: AbortSignal) => Promise<string | undefined>) | undefined;
  /** The model has noticed that a machine answered; left out for calls that come in. */
  readonly reachedMachine?: CallTransport['reachedMachine'];
  /** What the stream's parameters mean for the model, instead of a greeting. */
  readonly opening?: (parameters: StreamStart['parameters']) => string | undefined;
}

type State =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'open'; readonly voice: VoiceOut }
  /** The stream is over: `stop` came, or the socket is gone. */
  | { readonly kind: 'over' };

/** A telephone call's stream. A telephone has no client: this plays its part, and says when it is ready and what keys are pressed. */
export class TwilioTransport implements CallTransport {
  readonly kind = 'twilio';
  readonly leadMs = LEAD_MS;
  readonly #options: TwilioTransportOptions;
  readonly #voiceIn: VoiceIn;
  readonly #startTimer: Timer;
  readonly #unsubscribe: () => void;
  #state: State = { kind: 'waiting' };
  #events: TransportEvents | undefined;
  #settle: { readonly resolve: (start: StreamStart) => void; readonly reject: (error: BotError) => void } | undefined;
  /** What came before somebody wanted it. */
  #start: StreamStart | undefined;
  #failure: BotError | undefined;
  #heardAtMs: number;
  #pingedAtMs: number;
  /** The line is to be hung up at the end: the caller has not done it, and Twilio does not ask what next. */
  #isOurs = true;
  /** The caller is with somebody else, or with a newer stream: the line is not ours to end. */
  #isGivenAway = false;
  #closing: Promise<void> | undefined;

  /** Reads the socket at once. */
  constructor(options: TwilioTransportOptions) {
    this.#options = options;
    const { clock, socket, ticker } = options;
    this.#voiceIn = new VoiceIn(clock, (pcm16k) => this.#events?.onAudio(pcm16k));
    this.#heardAtMs = clock.nowMs();
    this.#pingedAtMs = this.#heardAtMs;
    this.#startTimer = clock.after(START_WITHIN_MS, () => {
      this.#fail('no start message came in time', REFUSED);
    });
    this.#unsubscribe = ticker.subscribe(() => this.#beat());
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => (this.#heardAtMs = clock.nowMs()));
    socket.on('close', (code) => this.#gone(code === NORMAL));
    // What `ws` finds wrong it closes by itself, with the right code.
    socket.on('error', () => this.#gone(false));
  }

  get reachedMachine(): CallTransport['reachedMachine'] {
    return this.#options.reachedMachine;
  }

  get queuedMs(): number {
    return this.#state.kind === 'open' ? this.#state.voice.queuedMs : 0;
  }

  async start(events: TransportEvents, signal: AbortSignal): Promise<void> {
    if (this.#events !== undefined) throw new BotError('internal', 'the transport was started already');
    this.#events = events;
    const onAbort = (): void => this.#settle?.reject(new BotError('peer_failed', 'the call ended before it began'));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const { parameters } = await this.#started(signal);
      const lastWords = await this.#options.untilAnswered?.(signal);
      if (this.#state.kind === 'over') throw this.#failure ?? new BotError('peer_failed', 'the caller has left');
      if (lastWords === undefined) this.#tellReady(this.#options.opening?.(parameters));
      else this.lastWords(lastWords);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  play(pcm24k: Int16Array): void {
    if (this.#state.kind === 'open') this.#state.voice.play(pcm24k);
  }

  flush(): Promise<void> {
    if (this.#state.kind === 'open') this.#state.voice.flush();
    return Promise.resolve();
  }

  /** A telephone shows nothing. */
  send(): void {
    // Nothing is sent.
  }

  async transfer(to: TransferDestination, signal: AbortSignal): Promise<TransferOutcome> {
    const { line, callSid } = this.#options;
    // The stream ends while the answer is on its way.
    const onLeaving = (): void => void (this.#isGivenAway = true);
    const outcome = await line.transfer({ callSid, to, signal, onLeaving, parameters: this.#start?.parameters ?? {} });
    this.#isGivenAway = outcome.kind === 'given-away';
    if (!this.#isGivenAway && this.#state.kind === 'over') this.#events?.onLeft(0);
    return outcome;
  }

  /** A machine takes a message. @param words what the model is told */
  lastWords(words: string): void {
    this.#events?.onLastWords?.(words);
  }

  /** A newer stream has the call: this one ends, and the line does not. */
  replaced(): void {
    this.#isGivenAway = true;
  }

  close(reason: CloseReason): Promise<void> {
    return (this.#closing ??= this.#close(reason));
  }

  async #close(reason: CloseReason): Promise<void> {
    this.#events = undefined;
    this.#stopTimers();
    const { line, callSid, socket, clock } = this.#options;
    if (this.#isOurs && !this.#isGivenAway && reason !== 'transferred') await line.hangUp(callSid);
    this.#state = { kind: 'over' };
    if (socket.readyState === socket.CLOSED) return;
    await new Promise<void>((resolve) => {
      const late = clock.after(CLOSED_WITHIN_MS, () => socket.terminate());
      socket.once('close', () => {
        late.cancel();
        resolve();
      });
      socket.close(NORMAL);
    });
  }

  /** The start message, if it is for this call. @throws BotError `peer_failed` */
  #started(signal: AbortSignal): Promise<StreamStart> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (signal.aborted || this.#state.kind === 'over') {
      return Promise.reject(new BotError('peer_failed', 'the caller left before the call began'));
    }
    if (this.#start !== undefined) return Promise.resolve(this.#start);
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  #tellReady(words: string | undefined): void {
    if (words !== undefined) {
      const options = { run_immediately: true, audio_response: true };
      this.#say('send-text', { content: words, options });
    }
    this.#say('client-ready', { version: '2.1.0', about: { library: 'telephone' } });
  }

  /** As a client would have said it. */
  #say(type: string, data: unknown): void {
    this.#events?.onMessage({ label: RTVI_LABEL, type, id: randomUUID(), data });
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#heardAtMs = this.#options.clock.nowMs();
    if (this.#state.kind === 'over') return;
    if (isBinary) {
      this.#fail('a binary message came', UNSUPPORTED);
      return;
    }
    // One string or one buffer, as `ws` gives text unless it is told otherwise.
    const message = parseMessage((data as Buffer).toString('utf8'));
    if (message.kind === 'not-json') this.#fail('a message was not JSON', NOT_JSON);
    else if (message.kind === 'malformed') this.#events?.onMalformed();
    else if (message.kind === 'start') this.#onStart(message.start);
    else if (message.kind === 'stop') this.#gone(true);
    else if (this.#state.kind === 'open') this.#onMessage(message, this.#state.voice);
  }

  #onMessage(
    message: Exclude<TwilioMessage, { kind: 'not-json' | 'malformed' | 'start' | 'stop' }>,
    voice: VoiceOut,
  ): void {
    switch (message.kind) {
      case 'media':
        this.#voiceIn.take(message.chunk, message.timestampMs, message.payload);
        break;
      case 'mark':
        voice.echoed(message.name);
        break;
      case 'dtmf':
        this.#say('dtmf', { button: message.digit });
        break;
      case 'connected':
      case 'unknown':
        break;
    }
  }

  #onStart(start: StreamStart): void {
    const { callSid, accountSid } = this.#options;
    const isOurs = start.callSid === callSid && start.accountSid === accountSid;
    if (this.#state.kind !== 'waiting') this.#fail('the stream began twice', REFUSED);
    else if (!isOurs) this.#fail('the stream is of another call', REFUSED);
    else if (start.format !== MULAW_8K) this.#fail('the stream is in another format', UNSUPPORTED);
    else this.#open(start);
  }

  #open(start: StreamStart): void {
    const { clock } = this.#options;
    this.#startTimer.cancel();
    const writer = streamWriter(start.streamSid);
    this.#state = { kind: 'open', voice: new VoiceOut({ clock, writer, send: (message) => this.#write(message) }) };
    this.#start = start;
    this.#settle?.resolve(start);
    this.#settle = undefined;
  }

  #write(message: string): void {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) this.#fail('Twilio does not read any more', NORMAL);
    else socket.send(message);
  }

  #beat(): void {
    const nowMs = this.#options.clock.nowMs();
    if (this.#state.kind === 'open') this.#state.voice.beat();
    const silentMs = nowMs - this.#heardAtMs;
    if (silentMs >= VANISHED_AFTER_MS) this.#fail('Twilio has vanished', NORMAL);
    else if (silentMs >= PING_EVERY_MS && nowMs - this.#pingedAtMs >= PING_EVERY_MS) {
      this.#pingedAtMs = nowMs;
      if (this.#options.socket.readyState === this.#options.socket.OPEN) this.#options.socket.ping();
    }
  }

  /** The stream has ended. @param isOrderly the caller has left, or the call is given to somebody */
  #gone(isOrderly: boolean): void {
    if (this.#state.kind === 'over') return;
    if (!isOrderly) {
      this.#fail('the connection to Twilio was lost', GONE);
      return;
    }
    this.#isOurs = false;
    this.#over();
    this.#settle?.reject(new BotError('peer_failed', 'the caller left before the call began'));
    if (!this.#isGivenAway) this.#events?.onLeft(0);
  }

  /** The stream is lost for good. */
  #fail(why: string, code: number): void {
    if (this.#state.kind === 'over') return;
    const error = new BotError('peer_failed', why);
    // Who closed the stream asks what next; a connection that is dead says nothing.
    this.#isOurs = code === NORMAL;
    const wasOpen = this.#state.kind === 'open';
    this.#failure = error;
    this.#over();
    this.#options.socket.close(code);
    if (this.#settle !== undefined) this.#settle.reject(error);
    else if (wasOpen && !this.#isGivenAway) this.#events?.onFailed(error);
  }

  #over(): void {
    this.#state = { kind: 'over' };
    this.#stopTimers();
  }

  #stopTimers(): void {
    this.#startTimer.cancel();
    this.#unsubscribe();
  }
}
