import type {
  CallTransport,
  CloseReason,
  TransferDestination,
  TransferOutcome,
  TransportEvents,
} from '../../bot/transport/transport';
import type { RtviMessage } from '../../bot/rtvi/messages';
import type { Ticker } from '../../bot/time/ticker';
import { BotError } from '../../bot/errors';

const FRAME_SAMPLES = 480;

/** A transport in memory that sends one 20 ms frame a tick, as a real one does, and keeps what the caller heard. */
export class MemoryTransport implements CallTransport {
  readonly kind = 'webrtc';
  readonly sent: RtviMessage[] = [];
  readonly heard: Int16Array[] = [];
  flushes = 0;
  closedWith: CloseReason[] = [];
  events: TransportEvents | undefined;
  /** A line, where a test sets this. */
  transfer?: (to: TransferDestination, signal: AbortSignal) => Promise<TransferOutcome>;
  #queue: Int16Array[] = [];
  #unsubscribe: () => void;
  #connect: (() => void) | undefined;
  #fail: ((error: BotError) => void) | undefined;

  constructor(ticker: Ticker) {
    this.#unsubscribe = ticker.subscribe(() => {
      const frame = this.#queue.shift();
      if (frame !== undefined) this.heard.push(frame);
    });
  }

  get queuedMs(): number {
    return (this.#queue.reduce((n, f) => n + f.length, 0) / 24_000) * 1000;
  }

  start(events: TransportEvents, signal: AbortSignal): Promise<void> {
    this.events = events;
    return new Promise((resolve, reject) => {
      this.#connect = resolve;
      this.#fail = reject;
      signal.addEventListener('abort', () => reject(new BotError('peer_failed', 'given up')));
    });
  }

  /** The caller's side: the connection is up. */
  connect(): void {
    this.#connect?.();
  }

  failToConnect(): void {
    this.#fail?.(new BotError('peer_failed', 'no route'));
  }

  clientReady(): void {
    this.receive({
      label: 'rtvi-ai',
      type: 'client-ready',
      id: '1',
      data: { version: '2.1.0', about: { library: 'test' } },
    });
  }

  receive(message: unknown): void {
    this.events?.onMessage(message);
  }

  /** The caller speaks, or is silent, for `ms`. */
  hear(ms: number, amplitude: number): void {
    for (let at = 0; at < ms; at += 20) {
      this.events?.onAudio(Int16Array.from({ length: 320 }, (_, i) => Math.round(amplitude * Math.sin(i / 4))));
    }
  }

  play(pcm24k: Int16Array): void {
    if (pcm24k.length !== FRAME_SAMPLES) throw new Error(`a frame of ${pcm24k.length} samples`);
    this.#queue.push(pcm24k);
  }

  flush(): Promise<void> {
    this.flushes += 1;
    this.#queue = [];
    return Promise.resolve();
  }

  send(message: RtviMessage): void {
    this.sent.push(message);
  }

  /** The types of all messages sent, in order. */
  get sentTypes(): string[] {
    return this.sent.map((m) => m.type);
  }

  close(reason: CloseReason): Promise<void> {
    this.closedWith.push(reason);
    this.#unsubscribe();
    return Promise.resolve();
  }
}
