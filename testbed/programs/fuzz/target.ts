import type { FuzzBot } from './fuzz-bot';
import type { Random } from './random';

/** Something that must never be, seen after an input. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** One way into the bot, open. */
export interface OpenTarget {
  /**
   * Makes one input of `random` and sends it. Resolves when it has been taken, or refused as it should be.
   * @throws Finding
   */
  send(random: Random): Promise<void>;
  /** What must hold after all inputs. @throws Finding */
  judge?(): Promise<void>;
  close(): Promise<void>;
}

export interface Target {
  readonly name: string;
  open(bot: FuzzBot): Promise<OpenTarget>;
}
