import type { CallEvent } from '../expect';
import type { Line, LineEnd } from './line';
import { RtviEvents } from './rtvi-events';

/** Between two sentences of an answer a bot is not done. */
const SETTLED_MS = 300;

/** A call as its caller follows it: what has happened on its line, and waiting for what is to. */
export class WatchedCall {
  readonly line: Line;
  readonly events: CallEvent[] = [];
  readonly #reading = new RtviEvents();
  readonly #wakers = new Set<() => void>();
  #ended: LineEnd | undefined;

  constructor(line: Line) {
    this.line = line;
    line.onMessage((message, atMs) => {
      this.events.push(...this.#reading.take(message, atMs));
      this.#wake();
    });
    void line.ended.then((ended) => {
      this.#ended = ended;
      this.#wake();
    });
  }

  get ended(): LineEnd | undefined {
    return this.#ended;
  }

  /** When an event of this name came last; -1: it has not. */
  last(name: CallEvent['name']): number {
    return this.events.findLast((event) => event.name === name)?.atMs ?? -1;
  }

  /** The bot has been heard to its end since, and nothing is under way. @param sentMs of the caller's last words; -1: there are none */
  isQuiet(sentMs: number): boolean {
    const stoppedMs = Math.max(this.last('bot_stopped_speaking'), this.last('bot_interrupted'));
    const busy = Math.max(this.last('bot_started_speaking'), this.last('llm_started'), this.last('function_call'));
    return stoppedMs >= busy && stoppedMs > sentMs && this.line.nowMs() - stoppedMs >= SETTLED_MS;
  }

  /** Waits until it holds, the call is over, or so long. */
  async until(holds: () => boolean, withinMs: number): Promise<void> {
    const untilMs = this.line.nowMs() + withinMs;
    while (!holds() && this.#ended === undefined && this.line.nowMs() < untilMs) {
      await this.pause(Math.min(SETTLED_MS, untilMs - this.line.nowMs()));
    }
  }

  async reach(atMs: number): Promise<void> {
    while (this.line.nowMs() < atMs && this.#ended === undefined) await this.pause(atMs - this.line.nowMs());
  }

  /** Until something happens, `ms` at most. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(1, ms));
      this.#wakers.add(wake);
    });
  }

  #wake(): void {
    for (const wake of this.#wakers) wake();
  }
}
