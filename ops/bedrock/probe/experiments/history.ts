import { type Answer, type Experiment, known, unknown } from '../experiment';
import type { Told } from '../events';
import type { Lab } from '../lab';
import { Ended, OTHER, quoted, troubleOf, Unanswered } from '../outcome';

const SIZES_KB = [2, 8, 16, 32] as const;
const PIECE_BYTES = 1_000;
/** Time for the service between history and audio. */
const PAUSE_MS = 1_000;

interface Trial {
  readonly isTaken: boolean | undefined;
  readonly saw: string;
}

/** Two messages of a few words, four of them, 2 to 32 KB, one that ends with the caller, one with audio right behind it. */
export const history: Experiment = {
  name: 'history',
  asks: {
    history: 'how much history is taken',
    historyTail: 'may it end with the caller’s words',
    historyRace: 'may audio follow right behind it',
  },
  needs: { seconds: 40, answers: 8, answerSeconds: 12, audioSeconds: 60, textTokens: 16_000 },
  when: 'together',
  run: async (lab) => {
    const [pair, four, tail, race, ...sized] = await Promise.all([
      tell(lab, 'history-2-messages', exchange(1, 100)),
      tell(lab, 'history-4-messages', exchange(2, 50)),
      tell(lab, 'history-tail', [...exchange(1, 50), { role: 'USER', text: 'And what then?' }]),
      tell(lab, 'history-race', exchange(1, 100), 0),
      ...SIZES_KB.map((kb) => tell(lab, `history-${kb}k`, exchange(kb / 2, PIECE_BYTES))),
    ]);
    return [sizeOf(pair, four, sized), ended('historyTail', tail, pair), ended('historyRace', race, pair)];
  },
};

/** Messages of both sides in turn, each of so many bytes. */
function exchange(pairs: number, bytes: number): Told[] {
  const text = (words: string): string => words.repeat(Math.ceil(bytes / words.length)).slice(0, bytes);
  return Array.from({ length: pairs }, () => [
    { role: 'USER' as const, text: text('Tell me more of the house by the sea, please. ') },
    { role: 'ASSISTANT' as const, text: text('The house stands by the sea, and the sea is calm. ') },
  ]).flat();
}

async function tell(lab: Lab, name: string, messages: readonly Told[], pauseMs = PAUSE_MS): Promise<Trial> {
  try {
    return await lab.on(name, { history: messages, mayBeRefused: true }, async (stream) => {
      if (pauseMs > 0) await stream.rest(pauseMs);
      stream.startAudio();
      stream.feed(160);
      stream.feeding = true;
      stream.type('Say exactly: "Yes."');
      await stream.answerBegins(0);
      await stream.rest(500);
      return { isTaken: true, saw: 'answered' };
    });
  } catch (error) {
    if (error instanceof Unanswered) return { isTaken: undefined, saw: error.message };
    if (!(error instanceof Ended)) throw error;
    // A lost connection and the filter say nothing of the size.
    const isOfSize = !['filter-after-history', 'premature-close'].includes(troubleOf(error.ending, true) ?? '');
    return { isTaken: isOfSize ? false : undefined, saw: quoted(error.ending) };
  }
}

function sizeOf(pair: Trial, four: Trial, sized: readonly Trial[]): Answer {
  const saw = sized.map(({ saw: said }, index) => `${SIZES_KB[index] ?? 0} KB: ${said}`).join('; ');
  if (pair.isTaken !== true) return unknown('history', `not even two short messages: ${pair.saw}`);
  if (four.isTaken === false) return known('history', 'three-messages', `four short messages: ${four.saw}`);
  const taken = SIZES_KB.filter((_, index) => sized[index]?.isTaken === true).at(-1);
  if (taken === undefined) return known('history', 'tiny', saw);
  const variant = taken === 32 ? '40k' : taken === 8 ? '10k' : OTHER;
  return known('history', variant, saw);
}

function ended(subject: string, trial: Trial, pair: Trial): Answer {
  if (trial.isTaken === undefined || pair.isTaken !== true) return unknown(subject, trial.saw);
  return known(subject, trial.isTaken ? 'accepted' : 'refused', trial.saw);
}
