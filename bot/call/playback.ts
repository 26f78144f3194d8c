import type { CallTransport } from '../transport/transport';
import type { OutputSegment } from '../rtvi';
import type { Hearing, UnheardSentence } from '../sonic';
import type { Clock, Ticker } from '../time';
import { type HeardPiece, PlaybackTranscript } from './playback-transcript';
import { Playout } from './playout';
import { type Loudness, VoiceOutput } from './voice-output';
import type { Sound } from './turns/state';

export interface PlaybackEvents {
  /** The caller begins to hear this, or to hear it again after a gap. */
  onAudible(sound: Sound): void;
  /** The caller has heard all there is, in the middle of an answer. */
  onStarved(): void;
  /** The caller has heard all there was. Not called after a flush. */
  onDrained(): void;
  onUnderrun(gapMs: number): void;
  onOverflow(droppedMs: number): void;
  onSegment(segment: OutputSegment): void;
  onError(error: unknown): void;
  /** The caller has heard this: a sentence, or as much of one as was heard. */
  onHeard(text: string): void;
  /** The same with its times, whether or not it is said anew; and of recordings, too. */
  onSaid(said: HeardPiece & { readonly via: 'voice' | 'notice' }): void;
}

interface PlaybackOptions {
  readonly transport: Pick<CallTransport, 'play' | 'flush' | 'queuedMs' | 'leadMs'>;
  /** Beats every 20 ms. */
  readonly ticker: Ticker;
  readonly clock: Clock;
  readonly events: PlaybackEvents;
  /** As loud as the model made it where this is left out. */
  readonly loudness?: Loudness | undefined;
}

/** What a transport keeps ahead that asks for nothing else. */
const LEAD_MS = 60;

/** What the caller hears of the bot: the one place that knows how much of it has been heard, sounds and words. */
export class Playback implements Hearing {
  readonly #playout: Playout;
  readonly #transcript: PlaybackTranscript;
  readonly #notices: PlaybackTranscript;
  readonly #events: PlaybackEvents;
  readonly #output: VoiceOutput;
  #audibleSinceMs = -Infinity;
  /** What plays is recordings, and nothing of the model's. */
  #isNotice = false;

  constructor({ transport, ticker, clock, events, loudness }: PlaybackOptions) {
    this.#events = events;
    const { leadMs = LEAD_MS } = transport;
    this.#output = new VoiceOutput({ transport, ticker, leadMs, loudness, onError: (error) => events.onError(error) });
    this.#playout = new Playout({
      leadMs,
      transport: this.#output,
      ticker,
      clock,
      events: {
        onStarted: () => {
          this.#audibleSinceMs = clock.nowMs();
          events.onAudible(this.#isNotice ? 'notice' : 'answer');
        },
        onStarved: () => events.onStarved(),
        onUnderrun: (gapMs) => {
          events.onUnderrun(gapMs);
          events.onAudible(this.#isNotice ? 'notice' : 'answer');
        },
        onDrained: () => this.#onDrained(),
        onOverflow: (droppedMs) => events.onOverflow(droppedMs),
      },
    });
    this.#transcript = new PlaybackTranscript({
      playout: this.#playout,
      clock,
      report: (segment) => events.onSegment(segment),
      heard: (piece) => {
        if (piece.counts) events.onHeard(piece.text);
        events.onSaid({ ...piece, via: 'voice' });
      },
    });
    this.#notices = new PlaybackTranscript({
      playout: this.#playout,
      clock,
      report: () => undefined,
      heard: (piece) => events.onSaid({ ...piece, via: 'notice' }),
    });
  }

  get unheardMs(): number {
    return this.#playout.unheardMs;
  }

  get quietForMs(): number {
    return this.#playout.quietForMs;
  }

  get unheard(): readonly UnheardSentence[] {
    return this.#transcript.unheard;
  }

  /** A sentence of the answer is about to be spoken: audio that follows is its. */
  sentence(text: string): void {
    this.#transcript.begin(text);
  }

  /** Plays the answer's audio, 24 kHz, behind what waits. */
  answer(pcm24k: Int16Array): void {
    if (this.#isNotice) this.#playout.whenHeard(() => this.#events.onAudible('answer'));
    this.#isNotice = false;
    this.#playout.push(pcm24k);
    this.#transcript.audio(pcm24k);
  }

  /** @param isBroken the answer stopped before its end */
  endOfAnswer(isBroken: boolean): void {
    this.#transcript.end(isBroken);
    this.#playout.endTurn();
  }

  /** Plays a recording of `text`, 24 kHz, behind what waits. @param onHeard called once it was heard to its end; never, if it is dropped before */
  notice(pcm24k: Int16Array, text: string, onHeard?: () => void): void {
    this.#isNotice ||= !this.#playout.active;
    this.#notices.begin(text);
    this.#playout.push(pcm24k);
    this.#notices.audio(pcm24k);
    this.#notices.end(false);
    if (onHeard !== undefined) this.#playout.whenHeard(onHeard);
    this.#playout.endTurn();
  }

  /**
   * Drops what has not been heard. Resolves once none of it can reach the caller.
   * @param counts whether what was heard of the sentence in the caller's ear has been said
   */
  flush(counts: boolean): Promise<void> {
    this.#transcript.cutOff(counts);
    this.#notices.cutOff(counts);
    this.#isNotice = false;
    return this.#playout.flush();
  }

  /** When the caller last began to hear the bot. */
  get audibleSinceMs(): number {
    return this.#audibleSinceMs;
  }

  /** Repeats a sound, 24 kHz, until it is stopped or the bot speaks: nothing that is said, and nothing that counts as heard. */
  startSound(pcm24k: Int16Array): void {
    this.#output.startSound(pcm24k);
  }

  stopSound(): void {
    this.#output.stopSound();
  }

  close(): void {
    this.#output.stopSound();
    this.#playout.close();
  }

  #onDrained(): void {
    this.#isNotice = false;
    this.#events.onDrained();
  }
}
