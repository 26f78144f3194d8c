import type { WebSocket } from 'ws';
import { MODEL_OUTPUT_HZ, samplesToMs } from '../../../audio';
import type { Clock, Timer } from '../../../time';
import type { FromPage, ToPage } from './control';
import { parseFromPage } from './from-page';
import { decodeUp, encodeAudioDown, encodeFlush } from './frames';

/** A page that misses this many pings in a row hangs. */
const MAX_MISSED_PONGS = 3;
/**
 * Frames come with each piece that the page renders, whatever is said. With each ping we look whether any came since the last one; after this
 * many looks in a row without, the bot is deaf. Not a span of time: this process may have stalled itself, with frames waiting.
 */
const DEAF_AFTER_LOOKS = 2;
/** An audio thread that does not answer within this time no longer plays anything. */
const FLUSH_WITHIN_MS = 500;
/** What is to be played goes in pieces of so much: each message costs either side and the browser's network process a wake-up. */
const PIECE_MS = 40;
/** With less than this in the page its report takes along what waits for a whole piece: the end of what the bot says does. */
const PAGE_NEEDS_MS = 80;
/** More than any playout queues ahead. */
const MAX_QUEUED_MS = 1_000;

export interface BridgeSocketEvents {
  /** The caller's audio, mixed, 16 kHz; the array is the receiver's. */
  onAudio(pcm16k: Int16Array): void;
  onMessage(message: FromPage): void;
  /** The page is gone or useless. Called at most once, as the last event. */
  onLost(why: 'socket-closed' | 'page-hangs' | 'deaf'): void;
}

/** Counts for the log. */
export interface BridgeSocketCounts {
  readonly starvations: number;
  readonly framesRefused: number;
  readonly worstPingMs: number;
}

type BridgeSocketOptions = { socket: WebSocket; clock: Clock; pingEveryMs: number; events: BridgeSocketEvents };

/** The bot's end of a call's WebSocket to its page: audio both ways, how much of it is queued, control messages, a watchdog. */
export class BridgeSocket {
  readonly #options: BridgeSocketOptions;
  #epoch = 0;
  /** Of this epoch, with what waits for a whole piece. */
  #sentSamples = 0;
  #waiting: Int16Array[] = [];
  #waitingSamples = 0;
  /** What the page last said it has played of this epoch, and when it said so. */
  #playedSamples = 0;
  #playedAtMs = 0;
  #flushes: { readonly epoch: number; readonly done: () => void; readonly timer: Timer }[] = [];
  #starvations = 0;
  #framesRefused = 0;
  #pingTimer: Timer | undefined;
  #pingsSent = 0;
  #pingSentAtMs = 0;
  #missedPongs = 0;
  #worstPingMs = 0;
  #lastPingMs = 0;
  /** Frames come only once the room is joined. */
  #framesAreDue = false;
  #framesSinceLook = 0;
  #looksWithout = 0;
  #state: 'open' | 'lost' | 'closed' = 'open';

  constructor(options: BridgeSocketOptions) {
    this.#options = options;
    this.#options.socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary));
    this.#options.socket.on('close', () => this.#lose('socket-closed'));
    this.#options.socket.on('error', () => this.#options.socket.terminate());
    this.#armPing();
  }

  get counts(): BridgeSocketCounts {
    return { starvations: this.#starvations, framesRefused: this.#framesRefused, worstPingMs: this.#worstPingMs };
  }

  /** How long the page took to answer the last ping; grows when the machine is overloaded. */
  get lastPingMs(): number {
    return this.#lastPingMs;
  }

  /** Audio not played yet; between two reports of the page it is assumed to play on. */
  get queuedMs(): number {
    if (this.#state !== 'open') return 0;
    const sinceReport = ((this.#options.clock.nowMs() - this.#playedAtMs) * MODEL_OUTPUT_HZ) / 1000;
    const left = this.#sentSamples - this.#playedSamples - sinceReport;
    return Math.max(0, samplesToMs(left, MODEL_OUTPUT_HZ));
  }

  play(pcm24k: Int16Array): void {
    if (this.#state !== 'open') return;
    if (this.queuedMs > MAX_QUEUED_MS) {
      this.#framesRefused += 1;
      return;
    }
    const isFirst = this.queuedMs === 0;
    // Nothing was queued: the page's last report dates from its last sound.
    if (isFirst) {
      this.#playedSamples = this.#sentSamples;
      this.#playedAtMs = this.#options.clock.nowMs();
    }
    this.#sentSamples += pcm24k.length;
    this.#waiting.push(pcm24k);
    this.#waitingSamples += pcm24k.length;
    if (isFirst || samplesToMs(this.#waitingSamples, MODEL_OUTPUT_HZ) >= PIECE_MS) this.#sendWaiting();
  }

  /** Drops what is queued; resolves when the page's audio thread has done so. */
  flush(): Promise<void> {
    if (this.#state !== 'open') return Promise.resolve();
    this.#epoch = (this.#epoch + 1) % 256;
    this.#waiting = [];
    this.#waitingSamples = 0;
    this.#sentSamples = 0;
    this.#playedSamples = 0;
    this.#playedAtMs = this.#options.clock.nowMs();
    this.#options.socket.send(encodeFlush(this.#epoch));
    const epoch = this.#epoch;
    return new Promise((done) => {
      const timer = this.#options.clock.after(FLUSH_WITHIN_MS, () => this.#flushed(epoch));
      this.#flushes.push({ epoch, done, timer });
    });
  }

  send(message: ToPage): void {
    if (this.#state === 'open') this.#options.socket.send(JSON.stringify(message));
  }

  /** Frames are due from now on. */
  watchFrames(): void {
    this.#framesAreDue = true;
  }

  /** Makes the page leave the room and close the socket; waits `limitMs` at most. No event follows. */
  leave(limitMs: number): Promise<void> {
    if (this.#state !== 'open') return Promise.resolve();
    this.send({ kind: 'leave' });
    this.#state = 'closed';
    this.#stop();
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(limitMs, () => this.#options.socket.terminate());
      this.#options.socket.once('close', () => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** Idempotent. `onLost` is not called afterwards. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#stop();
    this.#options.socket.close();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#state !== 'open') return;
    if (!isBinary) {
      const message = parseFromPage(data.toString());
      if (message?.kind === 'pong') this.#onPong(message.n);
      if (message !== undefined) this.#options.events.onMessage(message);
      return;
    }
    const frame = decodeUp(data);
    if (frame === undefined) {
      this.#framesRefused += 1;
      return;
    }
    if (frame.kind === 'flushed') {
      this.#flushed(frame.epoch);
      return;
    }
    const nowMs = this.#options.clock.nowMs();
    this.#framesSinceLook += 1;
    if (frame.epoch === this.#epoch) this.#account(frame.playedSamples, frame.starvations, nowMs);
    if (this.queuedMs < PAGE_NEEDS_MS) this.#sendWaiting();
    this.#options.events.onAudio(frame.pcm16k);
  }

  #sendWaiting(): void {
    if (this.#waitingSamples === 0) return;
    this.#options.socket.send(encodeAudioDown(this.#epoch, this.#waiting));
    this.#waiting = [];
    this.#waitingSamples = 0;
  }

  #account(playedSamples: number, starvations: number, nowMs: number): void {
    const hadMore = this.#sentSamples > playedSamples;
    // While nothing is queued, `playedSamples` stands still: its time must not be taken for playing.
    if (hadMore || playedSamples > this.#playedSamples) {
      this.#playedSamples = playedSamples;
      this.#playedAtMs = nowMs;
    }
    if (hadMore && starvations > this.#starvations) this.#starvations = starvations;
  }

  /** Without an epoch: none of them is waited for any longer. */
  #flushed(epoch?: number): void {
    const done = this.#flushes.filter((flush) => epoch === undefined || flush.epoch === epoch);
    this.#flushes = this.#flushes.filter((flush) => !done.includes(flush));
    for (const flush of done) {
      flush.timer.cancel();
      flush.done();
    }
  }

  #armPing(): void {
    this.#pingTimer = this.#options.clock.after(this.#options.pingEveryMs, () => {
      if (this.#missedPongs >= MAX_MISSED_PONGS) {
        this.#lose('page-hangs');
        return;
      }
      this.#looksWithout = this.#framesAreDue && this.#framesSinceLook === 0 ? this.#looksWithout + 1 : 0;
      this.#framesSinceLook = 0;
      if (this.#looksWithout >= DEAF_AFTER_LOOKS) {
        this.#lose('deaf');
        return;
      }
      this.#missedPongs += 1;
      this.#pingsSent += 1;
      this.#pingSentAtMs = this.#options.clock.nowMs();
      this.send({ kind: 'ping', n: this.#pingsSent });
      this.#armPing();
    });
  }

  #onPong(n: number): void {
    this.#missedPongs = 0;
    if (n !== this.#pingsSent) return;
    this.#lastPingMs = this.#options.clock.nowMs() - this.#pingSentAtMs;
    this.#worstPingMs = Math.max(this.#worstPingMs, this.#lastPingMs);
  }

  #lose(why: 'socket-closed' | 'page-hangs' | 'deaf'): void {
    if (this.#state !== 'open') return;
    this.#state = 'lost';
    this.#stop();
    this.#options.socket.terminate();
    this.#options.events.onLost(why);
  }

  #stop(): void {
    this.#pingTimer?.cancel();
    this.#flushed();
  }
}
