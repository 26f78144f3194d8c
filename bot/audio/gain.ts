/**
 * `pcm` made louder or softer, sliding from gain `from` at its beginning to `to` at its end, so that a change does not
 * click. Gains are factors from 0 to 1; the same array comes back where nothing changes.
 */
export function withGain(pcm: Int16Array, from: number, to: number): Int16Array {
  if (from === 1 && to === 1) return pcm;
  const step = (to - from) / pcm.length;
  return pcm.map((sample, index) => Math.round(sample * (from + step * (index + 1))));
}
