import type { Logger } from '../../../telemetry';
import type { Clock, Timer } from '../../../time';
import { DailyRooms, type ListedRoom } from './rooms';

const EVERY_MS = 10 * 60_000;
/** A room this young may be between its making and its call. */
const YOUNG_MS = 3 * 60_000;
/** A room of ours that could not be deleted is tried again this soon. */
const LEFTOVERS_AFTER_MS = 5_000;
/** Deletions are Daily's scarcest request: the rest waits for the next round. */
const MAX_DELETIONS = 40;

type RoomReaperOptions = { rooms: DailyRooms; clock: Clock; logger: Logger; isOwned: (room: string) => boolean };

/**
 * Takes away rooms that no call owns: those of this process that a failure left behind, and those of processes that
 * are no more. A bot sits in every room that is in use, so a room of others is taken only if nobody at all is in it.
 */
export class RoomReaper {
  readonly #options: RoomReaperOptions;
  /** Rooms of this process whose calls are over and that could not be deleted then. */
  readonly #leftovers = new Set<string>();
  #timer: Timer | undefined;
  #leftoversTimer: Timer | undefined;
  #leftoversRound: Promise<void> | undefined;
  #round: Promise<number> | undefined;
  #stopped = false;

  constructor(options: RoomReaperOptions) {
    this.#options = options;
  }

  /** Looks now, and every 10 minutes. */
  start(): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.after(EVERY_MS, () => this.start());
    void this.reap();
  }

  /** This room's call is over, and the room still there: it is tried again until it is gone. */
  takeOver(room: string): void {
    this.#leftovers.add(room);
    if (!this.#stopped)
      this.#leftoversTimer ??= this.#options.clock.after(LEFTOVERS_AFTER_MS, () => this.#tryLeftovers());
  }

  /** One round. Never rejects. @returns how many rooms went */
  reap(): Promise<number> {
    return (this.#round ??= this.#reap()
      .catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, 'rooms could not be looked through');
        return 0;
      })
      .finally(() => (this.#round = undefined)));
  }

  /** Idempotent; a round under way ends soon. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#leftoversTimer?.cancel();
    await Promise.all([this.#round, this.#leftoversRound]);
  }

  #tryLeftovers(): void {
    this.#leftoversRound = this.#deleteLeftovers().finally(() => {
      this.#leftoversTimer = undefined;
      const [next] = this.#leftovers;
      if (next !== undefined) this.takeOver(next);
    });
  }

  /** Until one fails: the others then would, too. */
  async #deleteLeftovers(): Promise<void> {
    try {
      for (const room of this.#leftovers) {
        if (this.#stopped) return;
        await this.#options.rooms.delete(room);
        this.#leftovers.delete(room);
      }
    } catch {
      // Tried again in a moment; that it failed at first is in the log.
    }
  }

  async #reap(): Promise<number> {
    let gone = 0;
    for (const room of await this.#options.rooms.list()) {
      if (this.#stopped || gone >= MAX_DELETIONS) break;
      if (!(await this.#isOrphan(room))) continue;
      await this.#options.rooms.delete(room.name);
      gone += 1;
    }
    if (gone > 0) this.#options.logger.info({ rooms: gone }, 'rooms without a call deleted');
    return gone;
  }

  async #isOrphan({ name, createdAtMs, expiresAtMs }: ListedRoom): Promise<boolean> {
    const nowMs = this.#options.clock.epochMs();
    if (this.#options.isOwned(name)) return false;
    if (expiresAtMs !== undefined && expiresAtMs < nowMs) return true;
    if (nowMs - createdAtMs < YOUNG_MS) return false;
    return (
      DailyRooms.instanceOf(name) === this.#options.rooms.instance ||
      (await this.#options.rooms.countPresent(name)) === 0
    );
  }
}
