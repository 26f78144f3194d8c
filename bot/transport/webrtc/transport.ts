import { randomInt } from 'node:crypto';
import type { RtcConfig } from 'node-datachannel';
import type { Logger } from 'pino';
import { BotError } from '../../errors';
import type { RtviMessage } from '../../rtvi/messages';
import type { Clock, Timer } from '../../time/clock';
import { RateLimit } from '../../time/rate-limit';
import type { Ticker } from '../../time/ticker';
import type { CallTransport, CloseReason, TransportEvents } from '../transport';
import { Connection } from './connection';
import { MAX_QUEUED_MESSAGES, parseFrame, signallingFrame } from './data-channel';
import type { VoiceDecoder, VoiceEncoder } from './opus';
import type { ReceiverCounts } from './receiver';
import { VoiceReceiver } from './receiver';
import type { OfferDescription } from './sdp';
import { isUsableCandidate } from './sdp';
import { PacedSender } from './sender';
import type { IceCandidate } from './signalling';

/** How long things may take, in ms. */
export interface WebRtcTimeouts {
  /** From the offer to an open data channel. */
  readonly connectMs: number;
  /** Without a packet, a message or a ping for so long the caller has vanished. */
  readonly vanishMs: number;
  /** For gathering candidates; with no ICE server it takes a few ms. */
  readonly gatherMs: number;
  /** For the farewell to reach the client before the connection is closed. */
  readonly farewellMs: number;
}

export interface WebRtcTransportOptions {
  readonly pcId: string;
  readonly rtcConfig: RtcConfig;
  readonly encoder: VoiceEncoder;
  readonly decoder: VoiceDecoder;
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly logger: Logger;
  readonly timeouts: WebRtcTimeouts;
  /** Called once, when nothing is left of this transport. */
  onClosed(): void;
}

/** Counts for logs and metrics. */
export interface WebRtcCounts extends ReceiverCounts {
  readonly framesRefused: number;
  readonly messagesDropped: number;
}

/* A client sends a frame a second and what a person does; a flood is not even parsed. */
const FRAMES_BURST = 300;
const FRAMES_PER_SECOND = 100;

type State = 'connecting' | 'open' | 'gone' | 'closed';

/** A call's WebRTC side. It outlives its connection: a client may replace that one when its network changes. */
export class WebRtcTransport implements CallTransport {
  readonly kind = 'webrtc';
  readonly #options: WebRtcTransportOptions;
  readonly #ssrc = randomInt(1, 0xffff_ffff);
  readonly #frameLimit: RateLimit;
  readonly #receiver: VoiceReceiver;
  #state: State = 'connecting';
  #connection: Connection | undefined;
  #channelOpen = false;
  #sender: PacedSender | undefined;
  #unsubscribe: (() => void) | undefined;
  #events: TransportEvents | undefined;
  #muted = false;
  /** What arrived before `start()`. */
  #inbox: unknown[] = [];
  /** What could not be sent yet. */
  #outbox: string[] = [];
  #lastSeenMs: number;
  readonly #connectTimer: Timer;
  #settleStart: { resolve: () => void; reject: (error: BotError) => void } | undefined;
  #failure: BotError | undefined;
  #closing: Promise<void> | undefined;
  #framesRefused = 0;
  #messagesDropped = 0;

  constructor(options: WebRtcTransportOptions) {
    this.#options = options;
    const { clock } = options;
    this.#frameLimit = new RateLimit({ clock, burst: FRAMES_BURST, perSecond: FRAMES_PER_SECOND });
    this.#receiver = new VoiceReceiver({
      decoder: options.decoder,
      clock,
      onAudio: (pcm16k) => {
        if (this.#state === 'open') this.#events?.onAudio(pcm16k);
      },
    });
    this.#lastSeenMs = clock.nowMs();
    this.#connectTimer = clock.after(options.timeouts.connectMs, () => {
      this.#fail(new BotError('peer_failed', 'the client did not connect in time'));
    });
  }

  get pcId(): string {
    return this.#options.pcId;
  }

  get queuedMs(): number {
    return this.#sender?.queuedMs ?? 0;
  }

  get counts(): WebRtcCounts {
    return {
      ...this.#receiver.counts,
      framesRefused: this.#framesRefused,
      messagesDropped: this.#messagesDropped,
    };
  }

  /**
   * Answers an offer with a new connection, which replaces the one there was.
   * @throws BotError `sdp_invalid`, `peer_failed`, `peer_unknown` when this is closed
   */
  async connect(offer: OfferDescription): Promise<string> {
    this.#assertAlive();
    const { pcId, rtcConfig, clock, logger, timeouts } = this.#options;
    let mine: Connection | undefined = undefined;
    const ifCurrent = (act: () => void): void => {
      if (mine !== undefined && mine === this.#connection) act();
    };
    const { connection, sdp } = await Connection.answer(offer, {
      name: pcId,
      rtcConfig,
      ssrc: this.#ssrc,
      clock,
      gatherMs: timeouts.gatherMs,
      logger,
      events: {
        onOpen: () => ifCurrent(() => this.#onOpen()),
        onFrame: (data) => ifCurrent(() => this.#onFrame(data)),
        onRtp: (packet) =>
          ifCurrent(() => {
            this.#lastSeenMs = clock.nowMs();
            this.#receiver.take(packet);
          }),
        onGone: (why) => ifCurrent(() => this.#onGone(why)),
      },
    });
    if (this.#state === 'gone' || this.#state === 'closed') {
      connection.close();
      throw new BotError('peer_unknown', 'the call ended meanwhile');
    }
    mine = connection;
    const former = this.#connection;
    this.#connection = connection;
    this.#channelOpen = false;
    this.#lastSeenMs = clock.nowMs();
    if (this.#sender !== undefined) this.#sender.payloadType = connection.opusPayloadType;
    former?.close();
    return sdp;
  }

  /**
   * Answers a further offer on the connection there is.
   * @throws BotError `sdp_invalid`, `peer_unknown`
   */
  renegotiate(offer: OfferDescription): string {
    this.#assertAlive();
    if (this.#connection === undefined) throw new BotError('peer_unknown', 'there is no connection yet');
    const sdp = this.#connection.renegotiate(offer);
    if (this.#sender !== undefined) this.#sender.payloadType = this.#connection.opusPayloadType;
    return sdp;
  }

  /** Candidates not fit for use are passed over; see `isUsableCandidate`. */
  addCandidates(candidates: readonly IceCandidate[]): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    for (const { candidate, sdpMid, sdpMLineIndex } of candidates) {
      const mid = sdpMid ?? connection.mids[sdpMLineIndex ?? 0];
      if (mid === undefined || !connection.mids.includes(mid) || !isUsableCandidate(candidate)) continue;
      connection.addCandidate(candidate, mid);
    }
  }

  start(events: TransportEvents, signal: AbortSignal): Promise<void> {
    if (this.#events !== undefined)
      return Promise.reject(new BotError('internal', 'the transport was started already'));
    this.#events = events;
    if (signal.aborted) this.#fail(new BotError('peer_failed', 'the call ended before the client connected'));
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.#fail(new BotError('peer_failed', 'the call ended before the client connected'));
      signal.addEventListener('abort', onAbort, { once: true });
      const done = (): void => signal.removeEventListener('abort', onAbort);
      this.#settleStart = {
        resolve: () => {
          done();
          resolve();
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      if (this.#state === 'open') this.#join();
    });
  }

  play(pcm24k: Int16Array): void {
    this.#sender?.play(pcm24k);
  }

  flush(): Promise<void> {
    return this.#sender?.flush() ?? Promise.resolve();
  }

  send(message: RtviMessage): void {
    if (this.#state === 'gone' || this.#state === 'closed' || this.#closing !== undefined) return;
    let frame: string;
    try {
      frame = JSON.stringify(message);
    } catch {
      this.#messagesDropped += 1;
      return;
    }
    this.#sendFrame(frame);
  }

  /** Asks the client to offer anew on the same connection. */
  requestRenegotiation(): void {
    this.#sendFrame(signallingFrame('renegotiate'));
  }

  close(reason: CloseReason): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  async #close(reason: CloseReason): Promise<void> {
    this.#events = undefined;
    const { clock, timeouts, logger, pcId } = this.#options;
    if (
      this.#state === 'open' &&
      this.#channelOpen &&
      this.#connection?.sendFrame(signallingFrame('peerLeft')) === true
    ) {
      await new Promise<void>((resolve) => clock.after(timeouts.farewellMs, resolve));
    }
    logger.debug({ pcId, reason, ...this.counts }, 'WebRTC transport closed');
    this.#tearDown('closed');
  }

  #onOpen(): void {
    this.#channelOpen = true;
    this.#connectTimer.cancel();
    this.#lastSeenMs = this.#options.clock.nowMs();
    if (this.#state === 'connecting') {
      this.#state = 'open';
      this.#startMedia();
      if (this.#settleStart !== undefined) this.#join();
    }
    const waiting = this.#outbox;
    this.#outbox = [];
    for (const frame of waiting) this.#sendFrame(frame);
  }

  #startMedia(): void {
    const { encoder, ticker, clock } = this.#options;
    this.#sender = new PacedSender({
      encoder,
      ticker,
      clock,
      ssrc: this.#ssrc,
      payloadType: this.#connection?.opusPayloadType ?? 111,
      firstSequence: randomInt(0, 0x10000),
      firstTimestamp: randomInt(0, 0xffff_ffff),
      send: (packet) => this.#connection?.sendRtp(packet),
    });
    this.#unsubscribe = ticker.subscribe(() => this.#tick());
  }

  #join(): void {
    const settle = this.#settleStart;
    this.#settleStart = undefined;
    const inbox = this.#inbox;
    this.#inbox = [];
    this.#events?.onJoined({ id: this.#options.pcId });
    if (this.#muted) this.#events?.onMuted(true);
    for (const message of inbox) this.#events?.onMessage(message);
    settle?.resolve();
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    this.#receiver.poll();
    if (nowMs - this.#lastSeenMs > this.#options.timeouts.vanishMs) {
      this.#fail(new BotError('peer_failed', 'the caller vanished: nothing came from the client any more'));
    }
  }

  #onFrame(data: string | Buffer | ArrayBuffer): void {
    this.#lastSeenMs = this.#options.clock.nowMs();
    if (!this.#frameLimit.take()) {
      this.#refuse('too many frames');
      return;
    }
    const frame = parseFrame(data);
    switch (frame.kind) {
      case 'ping':
        return;
      case 'track-status':
        if (frame.receiverIndex === 0) this.#setMuted(!frame.enabled);
        return;
      case 'message':
        this.#onMessage(frame.message);
        return;
      case 'refused':
        this.#refuse(frame.reason);
    }
  }

  #refuse(reason: string): void {
    this.#framesRefused += 1;
    this.#options.logger.debug({ reason }, 'A frame of the data channel was refused');
    if (this.#settleStart === undefined && this.#closing === undefined) this.#events?.onMalformed();
  }

  #setMuted(muted: boolean): void {
    if (muted === this.#muted) return;
    this.#muted = muted;
    if (this.#settleStart === undefined) this.#events?.onMuted(muted);
  }

  #onMessage(message: unknown): void {
    if (this.#closing !== undefined) return;
    if (this.#events !== undefined && this.#settleStart === undefined) this.#events.onMessage(message);
    else if (this.#inbox.length < MAX_QUEUED_MESSAGES) this.#inbox.push(message);
    else this.#messagesDropped += 1;
  }

  #sendFrame(frame: string): void {
    if (this.#channelOpen) {
      if (this.#connection?.sendFrame(frame) !== true) this.#messagesDropped += 1;
    } else if (this.#outbox.length < MAX_QUEUED_MESSAGES) {
      this.#outbox.push(frame);
    } else {
      this.#messagesDropped += 1;
    }
  }

  #onGone(why: 'left' | 'failed'): void {
    if (why === 'left' && this.#state === 'open') {
      const events = this.#events;
      this.#failure = new BotError('peer_failed', 'the caller left');
      this.#tearDown('gone');
      events?.onLeft({ id: this.#options.pcId }, 0);
      return;
    }
    this.#fail(new BotError('peer_failed', why === 'left' ? 'the client gave up connecting' : 'the connection failed'));
  }

  /** The connection is lost for good. */
  #fail(error: BotError): void {
    if (this.#state === 'gone' || this.#state === 'closed') return;
    const settle = this.#settleStart;
    const events = this.#state === 'open' && settle === undefined ? this.#events : undefined;
    this.#settleStart = undefined;
    this.#failure = error;
    this.#tearDown('gone');
    if (settle !== undefined) settle.reject(error);
    else events?.onFailed(error);
  }

  /** Frees everything native, at once; idempotent. */
  #tearDown(state: 'gone' | 'closed'): void {
    const before = this.#state;
    this.#state = state;
    if (before === 'closed' || before === 'gone') return;
    this.#settleStart?.reject(
      this.#failure ?? new BotError('peer_failed', 'the call ended before the client connected'),
    );
    this.#settleStart = undefined;
    this.#connectTimer.cancel();
    this.#unsubscribe?.();
    this.#sender?.stop();
    this.#channelOpen = false;
    this.#connection?.close();
    this.#connection = undefined;
    this.#options.encoder.free();
    this.#options.decoder.free();
    this.#inbox = [];
    this.#outbox = [];
    this.#options.onClosed();
  }

  #assertAlive(): void {
    if (this.#state === 'gone' || this.#state === 'closed' || this.#closing !== undefined) {
      throw new BotError('peer_unknown', 'the call has ended');
    }
  }
}
