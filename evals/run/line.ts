import type { RtviMessage } from '../../bot/rtvi/messages';
import type { SaidPart } from '../scenario';

/** How a call ended, as its caller saw it. */
export type LineEnd = 'caller' | 'bot' | 'lost';

/** A caller's way to a bot, whatever carries it. Times are the caller's clock's, in ms. */
export interface Line {
  /** Settles once. */
  readonly ended: Promise<LineEnd>;
  nowMs(): number;
  /** All messages, those that came already first. */
  onMessage(listener: (message: RtviMessage, atMs: number) => void): void;
  type(text: string): void;
  /** Speaks the words, or the file, or the parts that the words are of; resolves when the last sound is out, with when the first and the last were. */
  speak(
    words: string,
    audioFile: string | undefined,
    parts?: readonly SaidPart[],
  ): Promise<{ readonly startedMs: number; readonly endedMs: number }>;
  /** @throws Error where keys cannot be pressed */
  press(keys: string): void;
  /** Idempotent. */
  hangUp(): void;
}
