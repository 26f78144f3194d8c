import type { Recording } from '../../smoke/caller';
import { resample } from './resample';

/** Recordings on one line of time: mono PCM16 from `fromMs` on, what overlaps is added. */
export function onTimeLine(
  recordings: readonly Recording[],
  { fromMs, durationMs, rateHz }: { readonly fromMs: number; readonly durationMs: number; readonly rateHz: number },
): Int16Array {
  const line = new Int16Array(Math.ceil((durationMs * rateHz) / 1000));
  for (const { pcm, rateHz: ownHz, startMs } of recordings) {
    const at = Math.round(((startMs - fromMs) * rateHz) / 1000);
    resample(pcm, ownHz, rateHz).forEach((sample, i) => {
      const before = line[at + i];
      if (before !== undefined) line[at + i] = Math.max(-32_768, Math.min(32_767, before + sample));
    });
  }
  return line;
}
