import { seeded } from '../../random';
import { LIVE, SWITCHES, SWITCH_NAMES, type Behaviours, type SwitchName } from './behaviours';

/** Drawn by no mixture: they make the difference between the dialects, or would leave nothing to test. */
const FIXED: readonly SwitchName[] = ['rules', 'pace', 'usage', 'headers', 'audioStage', 'answers', 'troubleIn'];
/** Values that a client which does all it can cannot get along with, or that are the documented ones. */
const EXCLUDED: Partial<Record<SwitchName, readonly string[]>> = {
  userEnd: ['END_TURN'],
  typedUnfed: ['answered'],
  history: ['40k'],
  schemas: ['any'],
  trouble: ['mute'],
};
/** How often a switch keeps the live dialect's default, and how often all goes well. */
const KEEP_DEFAULT = 0.4;
const NO_TROUBLE = 0.8;

/** The behaviours of the `nth` session (from 0) of a stand-in with this seed: any of the live ones, mixed. */
export function drawMixture(seed: number, nth = 0): Behaviours {
  const random = seeded(Math.imul(seed, 0x9e3779b1) + nth);
  const drawn: [SwitchName, string][] = SWITCH_NAMES.filter((name) => !FIXED.includes(name)).map((name) => {
    const values = SWITCHES[name].filter((value) => !EXCLUDED[name]?.includes(value));
    const [keep, pick] = [random(), random()];
    const value =
      keep < (name === 'trouble' ? NO_TROUBLE : KEEP_DEFAULT) ? values[0] : values[Math.floor(pick * values.length)];
    return [name, value ?? LIVE[name]];
  });
  // Whatever the session's place among the others, what was drawn for it happens.
  return { ...LIVE, ...Object.fromEntries(drawn), troubleIn: 'every-session' };
}
