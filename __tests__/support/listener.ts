import { Playback } from '../../bot/call/playback';
import type { HeardPiece } from '../../bot/call/playback-transcript';
import type { Hearing, SpeechSession, UnheardSentence } from '../../bot/sonic';
import { systemClock, type Clock } from '../../bot/time';
import { strictBeat } from './strict-beat';

/** A caller who hears what the model says as it is played, and a session that is told of it. */
export class Listener implements Hearing {
  /** Is told what was heard. */
  session: Pick<SpeechSession, 'heard'> | undefined;
  /** What was heard, when, and whether it was cut. */
  readonly said: HeardPiece[] = [];
  readonly #playback: Playback;

  /** @param onHeard is told what was heard, as the session is */
  constructor(onHeard: (text: string) => void, clock: Clock = systemClock) {
    const ticker = strictBeat(clock);
    this.#playback = new Playback({
      transport: new Loudspeaker(clock),
      ticker,
      clock,
      events: {
        onAudible: () => undefined,
        onStarved: () => undefined,
        onDrained: () => undefined,
        onUnderrun: () => undefined,
        onOverflow: () => undefined,
        onSegment: () => undefined,
        onError: () => undefined,
        onSaid: (said) => void this.said.push(said),
        onHeard: (text) => {
          onHeard(text);
          this.session?.heard(text);
        },
      },
    });
  }

  get unheardMs(): number {
    return this.#playback.unheardMs;
  }

  get quietForMs(): number {
    return this.#playback.quietForMs;
  }

  get unheard(): readonly UnheardSentence[] {
    return this.#playback.unheard;
  }

  sentence(text: string): void {
    this.#playback.sentence(text);
  }

  audio(pcm24k: Int16Array): void {
    this.#playback.answer(pcm24k);
  }

  endOfAnswer(isBroken: boolean): void {
    this.#playback.endOfAnswer(isBroken);
  }

  interrupted(by: 'caller' | 'stream'): void {
    void this.#playback.flush(by === 'caller');
  }

  close(): void {
    this.#playback.close();
  }
}

/** Plays in real time, without a beat of its own. */
class Loudspeaker {
  readonly #clock: Clock;
  #untilMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get queuedMs(): number {
    return Math.max(0, this.#untilMs - this.#clock.nowMs());
  }

  play(pcm24k: Int16Array): void {
    this.#untilMs = Math.max(this.#untilMs, this.#clock.nowMs()) + pcm24k.length / 24;
  }

  flush(): Promise<void> {
    this.#untilMs = -Infinity;
    return Promise.resolve();
  }
}
