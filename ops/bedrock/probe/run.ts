import { Interrupted } from '../../cli/ops-error';
import { type Answer, type Experiment, known, unknown } from './experiment';
import type { Lab } from './lab';
import { OTHER, Unanswered } from './outcome';
import { LANES } from './plan';

/**
 * Makes the experiments: the long ones beside all others, short ones a few at a time, then those that want to be alone.
 * One that fails leaves its own questions open and no others.
 * @throws Interrupted
 */
export async function runExperiments(
  lab: Lab,
  experiments: readonly Experiment[],
  onDone: (experiment: Experiment, answers: readonly Answer[]) => void,
): Promise<Answer[]> {
  const answers = new Map<Experiment, readonly Answer[]>();
  const make = async (experiment: Experiment): Promise<void> => {
    const found = await answersOf(lab, experiment);
    answers.set(experiment, found);
    onDone(experiment, found);
  };
  const those = (when: Experiment['when']): Experiment[] => experiments.filter((one) => one.when === when);
  const queue = those('together');
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await make(next);
  };
  const long = those('long').map(make);
  // They may be stopped while others are still waited for.
  for (const one of long) one.catch(() => undefined);
  await allOf(Array.from({ length: LANES }, lane));
  for (const experiment of those('alone')) await allOf([make(experiment)]);
  await allOf(long);
  return [...experiments.flatMap((one) => answers.get(one) ?? []), ...ofAll(lab)];
}

/** Waits for all, also when one was stopped: none may outlive the probe. @throws what the first of them did */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(work)) if (end.status === 'rejected') throw end.reason;
}

async function answersOf(lab: Lab, experiment: Experiment): Promise<readonly Answer[]> {
  const { asks } = experiment;
  try {
    const found = await experiment.run(lab);
    const missing = Object.keys(asks).filter((subject) => !found.some((one) => one.subject === subject));
    return [...found, ...missing.map((subject) => unknown(subject, 'it did not come to that'))];
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    if (error instanceof Unanswered && !error.came.some((name) => name !== 'usageEvent')) lab.noteTrouble('mute');
    // A mistake in an experiment of ours costs no other, either.
    const why = error instanceof Error ? error.message : String(error);
    return Object.keys(asks).map((subject) => unknown(subject, why));
  }
}

/** What all streams together say. */
function ofAll({ troubles, prefixes }: Lab): Answer[] {
  const seen = [...troubles].map(([trouble, count]) => `${trouble}: ${count}`).join(', ');
  // A filter that strikes without history strikes with it, too.
  const isPlain = ([trouble]: readonly [string, number]): number => Number(trouble === 'content-filter');
  const [first] = [...troubles].sort((a, b) => isPlain(b) - isPlain(a) || b[1] - a[1]);
  const prefix = [...prefixes].find((one) => one !== 'none') ?? [...prefixes][0];
  return [
    known('trouble', first?.[0] ?? 'none', seen === '' ? 'nothing went wrong by itself' : seen),
    prefix === undefined
      ? unknown('prefix', 'nothing was refused')
      : known('prefix', prefixes.size > 2 ? OTHER : prefix, 'before the texts of refusals'),
  ];
}

/** The questions that a probe's streams answer together. */
export const ASKED_OF_ALL: Readonly<Record<string, string>> = {
  trouble: 'what goes wrong by itself',
  prefix: 'what stands before the texts of refusals',
};
