import type { VoiceState } from '../audio';
import type { Clock } from '../time';
import type { Loudness } from './voice-output';

/** Voice this long is somebody who speaks, rather than a click. */
const DUCK_AFTER_MS = 120;
/** A model that has not told of a barge-in by then took it for a cough. */
const RESTORE_AFTER_MS = 600;
/** −20 dB: still there, and easily spoken over. */
const DUCKED_GAIN = 0.1;

type DuckState =
  | { readonly kind: 'open' }
  | { readonly kind: 'ducked'; readonly sinceMs: number }
  /** This voice was found to be no barge-in, or has been obeyed: the next one counts. */
  | { readonly kind: 'spent' };

/** The caller's voice as it is heard at the moment. */
export interface CallersVoice {
  readonly state: VoiceState;
  /** How much voice there has been since the caller began to speak, in ms. */
  readonly voicedMs: number;
}

/**
 * How loud the bot's voice is while the caller's is there: low from 120 ms of voice on, as before again when the model
 * has not told of a barge-in after 600 ms. Asked for each frame that is sent; without I/O or a clock of its own.
 */
export class Ducker {
  #state: DuckState = { kind: 'open' };

  /** The gain of the bot's next frame, from 0 to 1. */
  gain(voice: CallersVoice, nowMs: number): number {
    this.#state = next(this.#state, voice, nowMs);
    return this.#state.kind === 'ducked' ? DUCKED_GAIN : 1;
  }

  /** The model told of a barge-in, and the bot is silent. */
  confirmed(): void {
    if (this.#state.kind === 'ducked') this.#state = { kind: 'spent' };
  }
}

function next(state: DuckState, voice: CallersVoice, nowMs: number): DuckState {
  if (voice.state === 'silent') return { kind: 'open' };
  switch (state.kind) {
    case 'open':
      return voice.state === 'speaking' && voice.voicedMs >= DUCK_AFTER_MS ? { kind: 'ducked', sinceMs: nowMs } : state;
    case 'ducked':
      return nowMs - state.sinceMs >= RESTORE_AFTER_MS ? { kind: 'spent' } : state;
    case 'spent':
      return state;
  }
}

/** The bot's loudness as this caller's voice has it. */
export function duckedBy(voice: CallersVoice, clock: Clock): Loudness {
  const ducker = new Ducker();
  return { gain: () => ducker.gain(voice, clock.nowMs()), flushed: () => ducker.confirmed() };
}
