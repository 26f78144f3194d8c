import type { Recording } from '../../../../smoke/caller';
import { tone } from '../../../speech';
import type { SeededFault } from './fault';

const samples = ({ rateHz }: Recording, ms: number): number => Math.round((ms * rateHz) / 1000);

/** Everything from `atMs` on comes `ms` later. */
function delayed(heard: Recording, atMs: number, ms: number): Recording {
  const at = Math.max(0, samples(heard, atMs - heard.startMs));
  const gap = samples(heard, ms);
  const pcm = new Int16Array(heard.pcm.length + gap);
  pcm.set(heard.pcm.subarray(0, at));
  pcm.set(heard.pcm.subarray(at), at + gap);
  return { ...heard, pcm };
}

/** Sound from `fromMs` to `toMs`. */
function sounding(heard: Recording, fromMs: number, toMs: number): Recording {
  const at = Math.max(0, samples(heard, fromMs - heard.startMs));
  const sound = tone(300, toMs - fromMs, heard.rateHz);
  const pcm = new Int16Array(Math.max(heard.pcm.length, at + sound.length));
  pcm.set(heard.pcm);
  pcm.set(sound, at);
  return { ...heard, pcm };
}

/** Wrong in what the caller hears. */
export const HEARD_FAULTS = {
  silent_for_four_seconds: {
    foundBy: 'assistant: tools/slow_tool_is_explained',
    says: 'the longest wait was',
    evidence: (evidence) => ({
      ...evidence,
      heard: delayed(evidence.heard, evidence.run.turns[0]?.sentMs ?? 0, 4_000),
    }),
  },
  stops_500_ms_late: {
    foundBy: 'assistant: conversation/interrupted_by_voice',
    says: 'the time until the bot stopped was',
    evidence: (evidence) => {
      const cutMs = evidence.run.events.find(({ name }) => name === 'bot_interrupted')?.atMs ?? 0;
      return { ...evidence, heard: sounding(evidence.heard, cutMs - 200, cutMs + 500) };
    },
  },
} as const satisfies Record<string, SeededFault>;
