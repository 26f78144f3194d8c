import type { Logger } from 'pino';
import type { RtviMessage } from '../../rtvi/messages';
import { type Clock, RateLimit } from '../../time';
import type { SignallingType } from './data-channel';
import { MAX_QUEUED_MESSAGES, parseFrame, signallingFrame } from './data-channel';
import type { Presence } from './presence';

/* Clients send a frame a second and what a person does; a flood is dropped unparsed. */
const FRAMES_BURST = 300;
const FRAMES_PER_SECOND = 100;

export interface ChatListener {
  onMessage(message: unknown): void;
  onMuted(muted: boolean): void;
  onMalformed(): void;
}

interface ChatOptions {
  readonly clock: Clock;
  readonly presence: Presence;
  readonly logger: Logger;
  /** False when the frame could not be sent. */
  readonly transmit: (frame: string) => boolean;
}

/**
 * What goes over the "chat" channel, whichever connection carries it. Bounded queues in both directions: for messages that
 * come before anybody listens, and for those sent before the channel is open.
 */
export class Chat {
  readonly #options: ChatOptions;
  readonly #limit: RateLimit;
  #listener: ChatListener | undefined;
  #open = false;
  #muted = false;
  readonly #inbox: unknown[] = [];
  readonly #outbox: string[] = [];
  /** The latest that went out, which a client may have missed that lost its network. */
  readonly #sent: { readonly atMs: number; readonly frame: string }[] = [];
  #pings = false;
  #framesRefused = 0;
  #messagesDropped = 0;

  constructor(options: ChatOptions) {
    this.#options = options;
    this.#limit = new RateLimit({ clock: options.clock, burst: FRAMES_BURST, perSecond: FRAMES_PER_SECOND });
  }

  get counts(): { readonly framesRefused: number; readonly messagesDropped: number } {
    return { framesRefused: this.#framesRefused, messagesDropped: this.#messagesDropped };
  }

  /** Whether a channel is open; on opening, what waited is sent. */
  set open(open: boolean) {
    this.#open = open;
    if (!open) return;
    for (const frame of this.#outbox.splice(0)) this.#send(frame);
  }

  /**
   * Another connection takes over. What was sent after the client's last sign of life it has not got, and is sent again once the
   * new channel is open; of a client that sends no pings nobody knows when that was.
   */
  moved(): void {
    this.#open = false;
    const { lastSeenMs } = this.#options.presence;
    const missed = this.#pings ? this.#sent.filter(({ atMs }) => atMs > lastSeenMs) : [];
    this.#sent.length = 0;
    this.#outbox.unshift(...missed.map(({ frame }) => frame));
  }

  /** Hands messages to `listener`, those already queued first; undefined stops that. */
  set listener(listener: ChatListener | undefined) {
    this.#listener = listener;
    const waiting = this.#inbox.splice(0);
    if (listener === undefined) return;
    if (this.#muted) listener.onMuted(true);
    for (const message of waiting) listener.onMessage(message);
  }

  take(data: string | Buffer | ArrayBuffer): void {
    this.#options.presence.seen(this.#options.clock.nowMs());
    if (!this.#limit.take()) {
      this.#refuse('too many frames');
      return;
    }
    const frame = parseFrame(data);
    switch (frame.kind) {
      case 'ping':
        this.#pings = true;
        return;
      case 'track-status':
        if (frame.receiverIndex === 0) this.#onMuted(!frame.enabled);
        return;
      case 'message':
        this.#onMessage(frame.message);
        return;
      case 'refused':
        this.#refuse(frame.reason);
    }
  }

  /** Sends a message, or keeps it until the channel is open. Never throws. */
  say(message: RtviMessage): void {
    try {
      this.#send(JSON.stringify(message));
    } catch {
      this.#messagesDropped += 1;
    }
  }

  /** Sends a signal if the channel is open; false when it is not. */
  signal(type: SignallingType): boolean {
    return this.#open && this.#options.transmit(signallingFrame(type));
  }

  #send(frame: string): void {
    if (this.#open ? this.#transmit(frame) : this.#keep(frame)) return;
    this.#messagesDropped += 1;
  }

  #transmit(frame: string): boolean {
    this.#sent.push({ atMs: this.#options.clock.nowMs(), frame });
    if (this.#sent.length > MAX_QUEUED_MESSAGES) this.#sent.shift();
    return this.#options.transmit(frame);
  }

  #keep(frame: string): boolean {
    if (this.#outbox.length >= MAX_QUEUED_MESSAGES) return false;
    this.#outbox.push(frame);
    return true;
  }

  #onMessage(message: unknown): void {
    if (this.#listener !== undefined) this.#listener.onMessage(message);
    else if (this.#inbox.length < MAX_QUEUED_MESSAGES) this.#inbox.push(message);
    else this.#messagesDropped += 1;
  }

  #onMuted(muted: boolean): void {
    if (muted === this.#muted) return;
    this.#muted = muted;
    this.#listener?.onMuted(muted);
  }

  #refuse(reason: string): void {
    this.#framesRefused += 1;
    this.#options.logger.debug({ reason }, 'A frame of the data channel was refused');
    this.#listener?.onMalformed();
  }
}
