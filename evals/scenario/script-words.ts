import type { Script } from './scenario';

/** Whether a scenario was written for a real model, and asks of it what it asks. */
export const isForARealModel = ({ nova }: Pick<Script, 'nova'>): boolean =>
  nova?.needs === 'live' || nova?.runs !== undefined;

/** Whether words are among those that the scripted model was given to say: no other has a reason to say them. */
export function isOfScript(words: string, { turns }: Pick<Script, 'turns'>): boolean {
  const said = turns.flatMap((turn) => turn.nova?.model ?? []).flatMap((step) => ('say' in step ? step.say : []));
  return said.join(' ').toLowerCase().includes(words.toLowerCase());
}
