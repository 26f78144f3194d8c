import type { RtviMessage } from '../../bot/rtvi/messages';
import type { BadLine } from './bad-line';
import { HEARD_HZ, Recorder, type Recording, type RecorderCounts } from './recorder';
import type { LoggedMessage } from './message-log';
import { MessageLog } from './message-log';
import type { Said, SpeechRateHz } from './microphone';
import type { MediaPath } from './media-path';
import { Microphone } from './microphone';
import { Peer } from './peer';
import type { SignallingOptions } from './signalling';
import { Signalling } from './signalling';
import { Beat, nowMs } from './time';

export interface CallerOptions extends SignallingOptions {
  /** Default 127.0.0.1. */
  readonly bindAddress?: string;
  /** Camera and screen, as Pipecat's default client offers. Default 2. */
  readonly videoSections?: number;
  /** Until bot-ready. Default 15 s. */
  readonly connectTimeoutMs?: number;
  /** False: packets are counted, nothing is decoded or recorded. Default true. */
  readonly record?: boolean;
  /** Shared by many callers to save timers. Default one of its own. */
  readonly beat?: Beat;
  /** What is wrong with the caller's own line; a good one by default. */
  readonly line?: BadLine;
  /** Where media does not go straight to the bot. */
  readonly path?: MediaPath;
  /** Hears of each message of the bot as it comes. */
  readonly onMessage?: (entry: LoggedMessage) => void;
  /** The RTVI version to claim. Default 2.1.0. */
  readonly rtviVersion?: string;
}

/** Signalling went well, and no packet found its way between caller and bot. */
export class NoPathError extends Error {
  override readonly name = 'NoPathError';
}

/** How a call ended, seen from the caller. */
export type CallEnd = 'bot-left' | 'hung-up' | 'lost';

/** Moments of the connecting, as `nowMs()`. */
export interface CallerTimings {
  readonly beganMs: number;
  startedMs: number;
  answeredMs: number;
  openMs: number;
  readyMs: number;
}

const PING_MS = 1_000;

/** A caller by script: connects, speaks, listens and hangs up as Pipecat's client in a browser does. */
export class Caller {
  readonly timings: CallerTimings;
  /** Settles once. */
  readonly ended: Promise<CallEnd>;
  readonly #options: CallerOptions;
  readonly #signalling: Signalling;
  readonly #recorder: Recorder;
  readonly #log = new MessageLog();
  readonly #ssrc = 1 + Math.floor(Math.random() * 0x7fff_0000);
  #microphone: Microphone | undefined;
  #peer: Peer | undefined;
  #pinging: NodeJS.Timeout | undefined;
  #clientReadySent = false;
  #nextId = 1;
  #restarting: Promise<void> = Promise.resolve();
  #replacing = false;
  #over = false;
  #end: (end: CallEnd) => void = () => undefined;

  private constructor(options: CallerOptions, timings: CallerTimings, signalling: Signalling, recorder: Recorder) {
    this.#options = options;
    this.timings = timings;
    this.#signalling = signalling;
    this.#recorder = recorder;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /**
   * Calls the bot; resolves at `bot-ready`.
   * @throws RefusedError when the bot refuses, NoPathError when it cannot be reached, Error when it does not become ready
   * in time
   */
  static async connect(options: CallerOptions): Promise<Caller> {
    const timings: CallerTimings = { beganMs: nowMs(), startedMs: 0, answeredMs: 0, openMs: 0, readyMs: 0 };
    const libopus = await import('libopus-wasm');
    const signalling = await Signalling.start(options);
    timings.startedMs = nowMs();
    const record = options.record ?? true;
    const decoder = record ? await libopus.createDecoder({ channels: 1, sampleRate: HEARD_HZ }) : undefined;
    const caller = new Caller(options, timings, signalling, new Recorder(decoder));
    try {
      caller.#microphone = await Microphone.open(libopus, {
        ssrc: caller.#ssrc,
        beat: options.beat ?? new Beat(),
        line: options.line,
        send: (packet) => caller.#peer?.sendPacket(packet),
      });
      await caller.#connectPeer(false);
      timings.answeredMs = nowMs();
      const isReady = (message: RtviMessage): boolean => message.type === 'bot-ready';
      timings.readyMs = (await caller.waitForMessage(isReady, options.connectTimeoutMs ?? 15_000)).arrivedMs;
      return caller;
    } catch (error) {
      caller.#finish('lost');
      throw error;
    }
  }

  get sessionId(): string {
    return this.#signalling.sessionId;
  }

  get pcId(): string | null {
    return this.#signalling.pcId;
  }

  /** All RTVI messages of the bot, with the time each came. */
  get messages(): readonly LoggedMessage[] {
    return this.#log.entries;
  }

  /** What was heard up to now: 24 kHz, missing packets as silence. */
  get heard(): Recording {
    return this.#recorder.recording();
  }

  /** The newest 20 ms of it; undefined before the first. */
  get hearing(): Int16Array | undefined {
    return this.#recorder.newest;
  }

  /** What was wrong with the stream, if anything. */
  get counts(): RecorderCounts {
    return this.#recorder.counts;
  }

  /**
   * The present moment in the time of `heard`. That time is the bot's timestamps'; it lags behind the clock when the bot
   * is late. So take a mark when something happens, look in `heard` after the mark, and ask `arrivalOf` for the clock.
   */
  get mark(): number {
    return this.#recorder.mark;
  }

  /** When the packet came that holds this moment of `heard`, by the clock; undefined when none has. */
  arrivalOf(heardMs: number): number | undefined {
    return this.#recorder.arrivalOf(this.#sampleAt(heardMs));
  }

  /** The same for the last moment before: a sound that ends with its packet is not in the next one. */
  arrivalOfEnd(heardMs: number): number | undefined {
    return this.#recorder.arrivalOf(this.#sampleAt(heardMs) - 1);
  }

  /** Speaks, in 20 ms packets in real time; resolves when the last has been sent. */
  say(pcm: Int16Array, rateHz: SpeechRateHz = 16_000): Promise<Said> {
    if (this.#microphone === undefined) return Promise.reject(new Error('the caller is not connected'));
    return this.#microphone.say(pcm, rateHz);
  }

  /** Mutes or unmutes the microphone, and tells the bot. */
  mute(muted: boolean): void {
    if (this.#microphone !== undefined) this.#microphone.muted = muted;
    this.#sendTrackStatus(0, !muted);
  }

  /** Types a message. Returns its id. */
  sendText(content: string, options?: { run_immediately?: boolean; audio_response?: boolean }): string {
    return this.send('send-text', options === undefined ? { content } : { content, options });
  }

  /** Sends any RTVI message. Returns its id. */
  send(type: string, data: unknown = {}): string {
    const id = `c-${this.#nextId}`;
    this.#nextId += 1;
    this.sendRaw(JSON.stringify({ label: 'rtvi-ai', type, id, data }));
    return id;
  }

  /** Sends any text over the data channel; false when it is closed. */
  sendRaw(text: string): boolean {
    return this.#peer?.sendFrame(text) ?? false;
  }

  /** @see MessageLog.waitFor */
  waitForMessage(
    fits: string | ((message: RtviMessage) => boolean),
    timeoutMs: number,
    from = 0,
  ): Promise<LoggedMessage> {
    const predicate = typeof fits === 'string' ? (message: RtviMessage) => message.type === fits : fits;
    return this.#log.waitFor(predicate, timeoutMs, from);
  }

  /**
   * Replaces the connection, as a client does whose network has changed, once it has another. Resolves when the new one is open;
   * until then the old one may end without the call being lost.
   */
  async restart(network: Promise<unknown> = Promise.resolve()): Promise<void> {
    this.#replacing = true;
    try {
      await network;
      await this.#connectPeer(true);
    } finally {
      this.#replacing = false;
    }
  }

  /** Offers anew on the same connection. */
  async renegotiate(): Promise<void> {
    const peer = this.#peer;
    if (peer === undefined) throw new Error('the caller is not connected');
    const answer = await this.#signalling.offer(await peer.offer(), false);
    peer.accept(answer.sdp);
  }

  /** Leaves politely: the bot sees the data channel close. Idempotent. */
  hangUp(): void {
    this.#finish('hung-up');
  }

  /** Sends no packet, ping or message any more, like a page that a telephone froze; ICE lives on. `hangUp()` frees what is left. */
  fallSilent(): void {
    clearInterval(this.#pinging);
    this.#microphone?.stop();
  }

  /** Resolves when the data channel is open. @throws RefusedError, NoPathError, Error */
  async #connectPeer(restart: boolean): Promise<void> {
    const former = this.#peer;
    let opened: () => void = () => undefined;
    let failed: (error: Error) => void = () => undefined;
    const open = new Promise<void>((resolve, reject) => {
      opened = resolve;
      failed = reject;
    });
    open.catch(() => undefined); // It may be closed before it is waited for.
    const fail = (why: string): void =>
      failed(peer.hasPath ? new Error(why) : new NoPathError(`${why}: no packet got through`));
    let timer: NodeJS.Timeout | undefined;
    const peer: Peer = new Peer({
      ssrc: this.#ssrc,
      bindAddress: this.#options.bindAddress ?? '127.0.0.1',
      videoSections: this.#options.videoSections ?? 2,
      events: {
        onOpen: () => {
          opened();
          this.#onOpen(peer);
        },
        onFrame: (text) => this.#onFrame(text),
        onPacket: (packet) => this.#recorder.take(packet),
        onClosed: () => {
          fail('the connection was closed before it was open');
          // The bot closes a connection that is being replaced before its answer has arrived here.
          if (peer === this.#peer && !this.#replacing) this.#finish('lost');
        },
      },
    });
    try {
      const answer = await this.#signalling.offer(await peer.offer(), restart);
      if (this.#over) throw new Error('the call ended meanwhile');
      this.#peer = peer;
      const { path } = this.#options;
      peer.accept((await path?.toCaller(answer.sdp)) ?? answer.sdp);
      await this.#signalling.trickle((await path?.toBot(peer.candidates)) ?? peer.candidates);
      // A bot that is slow to answer says nothing of the way there.
      timer = setTimeout(() => fail('the data channel did not open in time'), this.#connectTimeoutMs);
      await open;
      former?.close();
    } catch (error) {
      peer.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  get #connectTimeoutMs(): number {
    return this.#options.connectTimeoutMs ?? 15_000;
  }

  #onOpen(peer: Peer): void {
    if (this.timings.openMs === 0) this.timings.openMs = nowMs();
    clearInterval(this.#pinging);
    this.#pinging = setInterval(() => peer.sendFrame(`ping: ${Date.now()}`), PING_MS);
    if (this.#clientReadySent) return;
    this.#clientReadySent = true;
    this.#sendTrackStatus(0, true);
    this.#sendTrackStatus(1, false);
    this.#sendTrackStatus(2, false);
    const about = { library: 'scripted-caller', library_version: '1.0.0', platform: 'node' };
    this.send('client-ready', { version: this.#options.rtviVersion ?? '2.1.0', about });
  }

  #onFrame(text: string): void {
    const frame: unknown = JSON.parse(text);
    if (typeof frame !== 'object' || frame === null) return;
    if ('label' in frame && frame.label === 'rtvi-ai') {
      const entry = this.#log.add(frame as RtviMessage);
      this.#options.onMessage?.(entry);
    } else if ('message' in frame) {
      const type = (frame.message as { type?: unknown }).type;
      if (type === 'peerLeft') this.#finish('bot-left');
      else if (type === 'renegotiate')
        this.#restarting = this.#restarting.then(() => this.renegotiate()).catch(() => undefined);
    }
  }

  #sendTrackStatus(receiverIndex: number, enabled: boolean): void {
    const message = { type: 'trackStatus', receiver_index: receiverIndex, enabled };
    this.sendRaw(JSON.stringify({ type: 'signalling', message }));
  }

  #sampleAt(heardMs: number): number {
    return Math.round(((heardMs - this.#recorder.startMs) * HEARD_HZ) / 1000);
  }

  #finish(end: CallEnd): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#pinging);
    this.#microphone?.stop();
    this.#peer?.close();
    this.#recorder.close();
    this.#log.close();
    this.#end(end);
  }
}
