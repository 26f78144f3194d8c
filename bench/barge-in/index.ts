import { seeded } from '../../testbed/random';
import { quantiles, type Quantiles } from '../quantiles';
import { joined, mixed, NO_BARGE_IN, onsetMs, room, silence, speech } from './sounds';
import { ducksFor } from './trial';

/** Room before the sound, in which the detector learns its noise, and after it. */
const BEFORE_MS = 3_000;
const AFTER_MS = 1_500;
/** What the playout keeps in the transport over WebRTC. */
const LEAD_MS = 60;
/**
 * First sound of a barge-in to the model's word of it: the one figure that a public project measured on the live service,
 * and what the bot then takes until the last sound (docs/performance.md). Nothing here can measure a model.
 */
const MODEL_TELLS_AFTER_MS = 338;
const BOT_IS_SILENT_AFTER_MS = 15;

/** How often a sound that is no barge-in lowers the bot's voice. */
export interface FalseDucks {
  readonly sound: string;
  readonly trials: number;
  /** Of the trials, those in which the bot was lowered. */
  readonly loweredPercent: number;
  /** How long, a trial. */
  readonly lowMsPerTrial: number;
}

/** From a caller's first sound until the bot is quiet in the ear. */
export interface TimeToQuiet extends Quantiles {
  readonly way: string;
  /** Of the sentences, those that were not noticed. */
  readonly missed: number;
}

export interface BargeInResult {
  readonly falseDucks: readonly FalseDucks[];
  readonly timeToQuiet: readonly TimeToQuiet[];
}

/** Ducking against waiting for the model, by the bot's own detector and ducker; the same for the same seed. */
export function benchBargeIn(trials: number, seed = 1): BargeInResult {
  const random = seeded(seed);
  const heard = (sound: Float64Array): Float64Array => {
    const lead = joined(silence(BEFORE_MS), sound, silence(AFTER_MS));
    return mixed(lead, room((1000 * lead.length) / 16_000, random));
  };
  const falseDucks = Object.entries(NO_BARGE_IN).map(([sound, make]) => {
    const results = Array.from({ length: trials }, () => ducksFor(heard(make(random)), LEAD_MS));
    return {
      sound,
      trials,
      loweredPercent: (100 * results.filter(({ duckedAtMs }) => duckedAtMs.length > 0).length) / trials,
      lowMsPerTrial: Math.round(results.reduce((sum, { duckedMs }) => sum + duckedMs, 0) / trials),
    };
  });
  const quiet = Array.from({ length: trials }, () => {
    const sentence = speech(random);
    const [firstMs] = ducksFor(heard(sentence), LEAD_MS).duckedAtMs;
    return firstMs === undefined ? undefined : firstMs - BEFORE_MS - onsetMs(sentence);
  });
  const found = quiet.filter((ms) => ms !== undefined);
  const waited = MODEL_TELLS_AFTER_MS + BOT_IS_SILENT_AFTER_MS;
  return {
    falseDucks,
    timeToQuiet: [
      { way: 'lowered by 20 dB', ...quantiles(found), missed: trials - found.length },
      { way: 'waiting for the model (one live figure)', ...quantiles([waited]), missed: 0 },
    ],
  };
}
