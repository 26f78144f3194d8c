import { MODEL_INPUT_HZ, msToSamples, rms } from '../../bot/audio';
import { readRecording } from '../../testbed/speech';

/** Numbers from 0 to 1. */
type Random = () => number;
/** 16 kHz mono. */
type Sound = Float64Array;

const RECORDINGS = ['0880', '0890', '0930'] as const;

/** Sounds at a caller's end that are no barge-in. All are synthetic; how loud, how long and how often is drawn. */
export const NO_BARGE_IN = {
  cough,
  mhm: mhm,
  music,
  keyboard,
  'door, slammed': door,
  'echo of the bot, -25 to -40 dB': echo,
} as const satisfies Record<string, (random: Random) => Sound>;

/** A recorded sentence, at a level between that of the recording and 20 dB below it. */
export function speech(random: Random): Sound {
  return atLevel(
    Float64Array.from(pick(RECORDINGS, random, (name) => readRecording(name).samples)),
    decibels(-20 * random()),
  );
}

/** A quiet room: white noise between −66 and −52 dBFS. */
export function room(ms: number, random: Random): Sound {
  const peak = 32_768 * decibels(-66 + 14 * random()) * Math.sqrt(3);
  return silence(ms).map(() => peak * (2 * random() - 1));
}

/** Two to four bursts of rough noise, each with a sharp beginning. */
function cough(random: Random): Sound {
  const bursts = Array.from({ length: between(1, 3, random) }, () => {
    const sound = noise(between(120, 320, random), random, 0.5);
    return joined(shaped(sound, 10, 60), silence(between(60, 200, random)));
  });
  return atPeak(joined(...bursts), between(5_000, 20_000, random));
}

/** A closed mouth's two hums, the second higher. */
function mhm(random: Random): Sound {
  const pitchHz = between(95, 220, random);
  const first = shaped(hum(between(90, 160, random), pitchHz, pitchHz * 0.95), 30, 40);
  const second = shaped(hum(between(140, 280, random), pitchHz, pitchHz * 1.25), 30, 80);
  return atPeak(joined(first, silence(between(20, 70, random)), second), between(1_500, 6_000, random));
}

/** Three seconds of chords, each struck and dying away, over a steady bass. */
function music(random: Random): Sound {
  const beatMs = between(350, 700, random);
  const chords = Array.from({ length: Math.ceil(3_000 / beatMs) }, () => {
    const rootHz = 110 * 2 ** (between(0, 12, random) / 12);
    const notes = [1, 1.25, 1.5, 2].map((ratio) => hum(beatMs, rootHz * ratio, rootHz * ratio));
    return shaped(mixed(...notes), 5, beatMs * 0.9);
  });
  return atPeak(joined(...chords), between(500, 5_000, random));
}

/** Four seconds of typing: a click of 8 to 25 ms for each key. */
function keyboard(random: Random): Sound {
  const keys = Array.from({ length: 30 }, () =>
    joined(shaped(noise(between(8, 25, random), random, 0), 1, 6), silence(between(60, 220, random))),
  );
  return atPeak(joined(...keys), between(2_000, 9_000, random));
}

function door(random: Random): Sound {
  return atPeak(shaped(noise(between(250, 600, random), random, 0.9), 2, 180), between(8_000, 30_000, random));
}

/** What an echo canceller leaves of the bot's voice: late, dull and soft. */
function echo(random: Random): Sound {
  const voice = Float64Array.from(pick(RECORDINGS, random, (name) => readRecording(name).samples));
  return atLevel(joined(silence(between(60, 200, random)), dulled(voice, 0.7)), decibels(-25 - 15 * random()));
}

/** Where the first sound is that a listener would hear, in ms from the beginning: 5 ms louder than −46 dBFS. */
export function onsetMs(sound: Sound): number {
  const window = msToSamples(5, MODEL_INPUT_HZ);
  for (let at = 0; at + window <= sound.length; at += window) {
    if (rms(Int16Array.from(sound.subarray(at, at + window))) > 0.005) return (1000 * at) / MODEL_INPUT_HZ;
  }
  return 0;
}

export function joined(...sounds: readonly Sound[]): Sound {
  const all = new Float64Array(sounds.reduce((length, sound) => length + sound.length, 0));
  let at = 0;
  for (const sound of sounds) {
    all.set(sound, at);
    at += sound.length;
  }
  return all;
}

/** Laid over each other; as long as the longest. */
export function mixed(...sounds: readonly Sound[]): Sound {
  const all = new Float64Array(Math.max(...sounds.map((sound) => sound.length)));
  for (const sound of sounds) sound.forEach((sample, at) => (all[at] = (all[at] ?? 0) + sample));
  return all;
}

export function silence(ms: number): Sound {
  return new Float64Array(msToSamples(ms, MODEL_INPUT_HZ));
}

/** White noise, the duller the nearer `dullness` is to 1. */
function noise(ms: number, random: Random, dullness: number): Sound {
  return dulled(
    silence(ms).map(() => 2 * random() - 1),
    dullness,
  );
}

/** A tone with the harmonics of a voice, gliding from one pitch to another. */
function hum(ms: number, fromHz: number, toHz: number): Sound {
  let phase = 0;
  return silence(ms).map((_, at, all) => {
    phase += (2 * Math.PI * (fromHz + ((toHz - fromHz) * at) / all.length)) / MODEL_INPUT_HZ;
    return Math.sin(phase) + Math.sin(2 * phase) / 3 + Math.sin(3 * phase) / 5;
  });
}

/** Comes up in `attackMs` and dies away to a third in `decayMs`. */
function shaped(sound: Sound, attackMs: number, decayMs: number): Sound {
  return sound.map((sample, at) => {
    const ms = (1000 * at) / MODEL_INPUT_HZ;
    return sample * Math.min(1, ms / attackMs) * Math.exp(-Math.max(0, ms - attackMs) / decayMs);
  });
}

/** A low pass of the first order. */
function dulled(sound: Sound, dullness: number): Sound {
  let last = 0;
  return sound.map((sample) => (last = dullness * last + (1 - dullness) * sample));
}

function atPeak(sound: Sound, peak: number): Sound {
  const highest = sound.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9);
  return atLevel(sound, peak / highest);
}

function atLevel(sound: Sound, factor: number): Sound {
  return sound.map((sample) => sample * factor);
}

const decibels = (db: number): number => 10 ** (db / 20);

function between(least: number, most: number, random: Random): number {
  return Math.round(least + (most - least) * random());
}

function pick<T, R>(list: readonly T[], random: Random, then: (one: T) => R): R {
  // A random number is below 1, so that there is always one.
  return then(list[Math.floor(random() * list.length)] as T);
}
