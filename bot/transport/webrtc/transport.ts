import { randomInt } from 'node:crypto';
import type { RtcConfig } from 'node-datachannel';
import type { Logger } from 'pino';
import { BotError } from '../../errors';
import type { RtviMessage } from '../../rtvi/messages';
import { type Clock, sleep, type Ticker, type Timer } from '../../time';
import type { CallTransport, CloseReason, TransportEvents } from '../transport';
import { Chat } from './chat';
import { Connection } from './connection';
import { LossProtection } from './loss-protection';
import { FRAME_MS, type VoiceDecoder, type VoiceEncoder } from './opus';
import { Presence } from './presence';
import type { ReceiverCounts } from './receiver';
import { VoiceReceiver } from './receiver';
import { candidatesFor, type OfferDescription } from './sdp';
import { PacedSender } from './sender';
import type { IceCandidate } from './signalling';

/** How long things may take, in ms. */
export interface WebRtcTimeouts {
  /** From the offer to an open data channel. */
  readonly connectMs: number;
  /** Without a sign of life for this long, ICE's consent included, the caller counts as vanished. */
  readonly vanishMs: number;
  /** For gathering candidates; with no ICE server it takes a few ms. */
  readonly gatherMs: number;
  /** For the farewell to reach the client before the connection is closed. */
  readonly farewellMs: number;
}

export interface WebRtcTransportOptions {
  readonly pcId: string;
  /** For a client of this kind of ICE. */
  readonly rtcConfigFor: (client: { readonly iceLite: boolean }) => RtcConfig;
  readonly allowPrivateCandidates: boolean;
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

type State = 'connecting' | 'open' | 'gone' | 'closed';

/** A call's WebRTC side. It outlives its connection: a client may replace that one when its network changes. */
export class WebRtcTransport implements CallTransport {
  readonly kind = 'webrtc';
  readonly #options: WebRtcTransportOptions;
  readonly #ssrc = randomInt(1, 0xffff_ffff);
  readonly #presence: Presence;
  readonly #chat: Chat;
  readonly #receiver: VoiceReceiver;
  readonly #protection = new LossProtection();
  #state: State = 'connecting';
  #connection: Connection | undefined;
  #sender: PacedSender | undefined;
  #unsubscribe: (() => void) | undefined;
  #events: TransportEvents | undefined;
  readonly #connectTimer: Timer;
  #settleStart: { resolve: () => void; reject: (error: BotError) => void } | undefined;
  #failure: BotError | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: WebRtcTransportOptions) {
    this.#options = options;
    const { clock } = options;
    this.#presence = new Presence(options.timeouts.vanishMs, clock.nowMs());
    this.#chat = new Chat({
      clock,
      presence: this.#presence,
      logger: options.logger,
      transmit: (frame) => this.#connection?.sendFrame(frame) ?? false,
    });
    this.#receiver = new VoiceReceiver({ decoder: options.decoder, presence: this.#presence, clock });
    this.#connectTimer = clock.after(options.timeouts.connectMs, () => {
      const why = this.#connection?.hasConsent === true ? 'opened no data channel' : 'did not connect';
      this.#fail(new BotError('peer_failed', `the client ${why} in time`));
    });
  }

  get pcId(): string {
    return this.#options.pcId;
  }

  get queuedMs(): number {
    return this.#sender?.queuedMs ?? 0;
  }

  get counts(): WebRtcCounts {
    return { ...this.#receiver.counts, ...this.#chat.counts };
  }

  /**
   * Answers an offer with a new connection, which replaces the one there was.
   * @throws BotError `sdp_invalid`, `peer_failed`, `peer_unknown` when this is closed
   */
  async connect(offer: OfferDescription): Promise<string> {
    this.#assertAlive();
    const { pcId, rtcConfigFor, allowPrivateCandidates, clock, logger, timeouts } = this.#options;
    const { connection, sdp } = await Connection.answer(offer, {
      name: pcId,
      rtcConfig: rtcConfigFor(offer.transport),
      allowPrivateCandidates,
      ssrc: this.#ssrc,
      clock,
      gatherMs: timeouts.gatherMs,
      logger,
      receiver: this.#receiver,
      chat: this.#chat,
      onLossReported: (share) => this.#onLossReported(share),
    });
    if (this.#state === 'gone' || this.#state === 'closed') {
      connection.close();
      throw new BotError('peer_unknown', 'the call ended meanwhile');
    }
    const former = this.#connection;
    this.#connection = connection;
    connection.listener = { onOpen: () => this.#onOpen(), onGone: (why) => this.#onGone(why) };
    this.#chat.moved();
    this.#presence.seen(clock.nowMs());
    this.#sender?.follow(wishesOf(connection));
    former?.close();
    return sdp;
  }

  /** Answers a further offer on the connection there is. @throws BotError `sdp_invalid`, `peer_unknown` */
  renegotiate(offer: OfferDescription): string {
    this.#assertAlive();
    if (this.#connection === undefined) throw new BotError('peer_unknown', 'there is no connection yet');
    const sdp = this.#connection.renegotiate(offer);
    this.#sender?.follow(wishesOf(this.#connection));
    return sdp;
  }

  /** Candidates not fit for use are passed over; see `isUsableCandidate`. */
  addCandidates(candidates: readonly IceCandidate[]): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    const { mids, bundled } = connection.sections;
    connection.addCandidates(candidatesFor(candidates, mids, bundled));
  }

  start(events: TransportEvents, signal: AbortSignal): Promise<void> {
    if (this.#events !== undefined)
      return Promise.reject(new BotError('internal', 'the transport was started already'));
    this.#events = events;
    const onAbort = (): void => this.#fail(new BotError('peer_failed', 'the call ended before the client connected'));
    if (signal.aborted) onAbort();
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    signal.addEventListener('abort', onAbort, { once: true });
    const started = new Promise<void>((resolve, reject) => {
      this.#settleStart = { resolve, reject };
      if (this.#state === 'open') this.#join();
    });
    return started.finally(() => signal.removeEventListener('abort', onAbort));
  }

  play(pcm24k: Int16Array): void {
    this.#sender?.play(pcm24k);
  }

  flush(): Promise<void> {
    return this.#sender?.flush() ?? Promise.resolve();
  }

  send(message: RtviMessage): void {
    if (this.#state === 'gone' || this.#state === 'closed' || this.#closing !== undefined) return;
    this.#chat.say(message);
  }

  /** Asks the client to offer anew on the same connection. */
  requestRenegotiation(): void {
    this.#chat.signal('renegotiate');
  }

  close(reason: CloseReason): Promise<void> {
    return (this.#closing ??= this.#close(reason));
  }

  async #close(reason: CloseReason): Promise<void> {
    this.#events = undefined;
    this.#chat.listener = undefined;
    this.#receiver.listener = undefined;
    const { clock, timeouts, logger, pcId } = this.#options;
    if (this.#state === 'open' && this.#chat.signal('peerLeft')) {
      await sleep(clock, timeouts.farewellMs);
    }
    logger.debug({ pcId, reason, ...this.counts }, 'WebRTC transport closed');
    this.#tearDown('closed');
  }

  #onOpen(): void {
    this.#connectTimer.cancel();
    this.#presence.seen(this.#options.clock.nowMs());
    this.#chat.open = true;
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.#startMedia();
    if (this.#settleStart !== undefined) this.#join();
  }

  #startMedia(): void {
    const { encoder, ticker, clock } = this.#options;
    this.#sender = new PacedSender({
      encoder,
      ticker,
      clock,
      ssrc: this.#ssrc,
      ...wishesOf(this.#connection),
      firstSequence: randomInt(0, 0x10000),
      firstTimestamp: randomInt(0, 0xffff_ffff),
      send: (packet) => this.#connection?.sendRtp(packet),
    });
    this.#unsubscribe = ticker.subscribe(() => this.#tick());
  }

  #onLossReported(share: number): void {
    if (this.#state !== 'open') return;
    this.#protection.reported(share);
    this.#options.encoder.isProtected = this.#protection.isNeeded;
  }

  #join(): void {
    const settle = this.#settleStart;
    this.#settleStart = undefined;
    this.#receiver.listener = this.#events;
    this.#chat.listener = this.#events;
    settle?.resolve();
  }

  #tick(): void {
    this.#receiver.poll();
    if (this.#presence.hasVanished(this.#options.clock.nowMs(), this.#connection?.hasConsent ?? false)) {
      this.#fail(new BotError('peer_failed', 'the caller vanished: the client showed no sign of life any more'));
    }
  }

  #onGone(why: 'left' | 'failed'): void {
    // A client without network comes back with a connection of its own; how long it may take is for #tick to say.
    const isLost = why === 'failed' || this.#presence.isOverdue(this.#options.clock.nowMs());
    if (isLost && this.#state === 'open') return;
    if (why === 'left' && this.#state === 'open') {
      const events = this.#events;
      this.#failure = new BotError('peer_failed', 'the caller left');
      this.#tearDown('gone');
      events?.onLeft(0);
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
    this.#chat.open = false;
    this.#connection?.close();
    this.#connection = undefined;
    this.#options.encoder.free();
    this.#options.decoder.free();
    this.#chat.listener = undefined;
    this.#receiver.listener = undefined;
    this.#options.onClosed();
  }

  #assertAlive(): void {
    if (this.#state === 'gone' || this.#state === 'closed' || this.#closing !== undefined) {
      throw new BotError('peer_unknown', 'the call has ended');
    }
  }
}

/** What the client wants of the bot's voice; before any offer, what all browsers do. */
function wishesOf(connection: Connection | undefined): { payloadType: number; maxPacketMs: number } {
  const { opusPayloadType: payloadType = 111, maxPacketMs = FRAME_MS } = connection?.voice ?? {};
  return { payloadType, maxPacketMs };
}
