/** 24 kHz. */
const RATE_HZ = 24_000;
/** −26 dBFS: present, and soft under whatever is said next. */
const PEAK = 1_640;
/** A fifth, the lower note first: A4, E5. */
const NOTES = [
  { hz: 440, atMs: 0 },
  { hz: 659.26, atMs: 180 },
] as const;
const LASTS_MS = 900;
/** The end of it, faded out. */
const FADE_MS = 150;

/** What a caller hears who waits for a tool: two soft notes, to be repeated with a pause. */
export function softSound(): Int16Array {
  const sound = new Float64Array((RATE_HZ * LASTS_MS) / 1000);
  for (const { hz, atMs } of NOTES) {
    const begin = (RATE_HZ * atMs) / 1000;
    for (let at = begin; at < sound.length; at += 1) {
      const seconds = (at - begin) / RATE_HZ;
      const loudness = Math.min(1, seconds / 0.02) * Math.exp(-seconds / 0.22);
      sound[at] = (sound[at] ?? 0) + loudness * Math.sin(2 * Math.PI * hz * seconds);
    }
  }
  const highest = sound.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const fade = (RATE_HZ * FADE_MS) / 1000;
  return Int16Array.from(sound, (sample, at) => {
    const fading = Math.min(1, (sound.length - 1 - at) / fade);
    return Math.round((PEAK * fading * sample) / highest);
  });
}
