import { type Behaviours, type Dialect, DIALECTS, SWITCHES, type SwitchName, SWITCH_NAMES } from '../../fakes/bedrock';

/** Behaviours of the stand-in, and what a probe of it must say. */
export interface ProbeCase {
  readonly name: string;
  readonly behaviours: Partial<Behaviours>;
  /** Variants by subject. */
  readonly expected: Readonly<Record<string, string>>;
}

/** What must be so besides, for a switch to make a difference. */
const BESIDES: Readonly<Partial<Record<SwitchName, Partial<Behaviours>>>> = {
  // With the marker nothing runs on.
  cutBlock: { bargeIn: 'A' },
  wordlessEnd: { answers: 'wordless' },
  trouble: { troubleIn: 'every-session' },
};

/** Every value of every switch, one at a time, over the live dialect. */
const SWITCH_CASES: readonly ProbeCase[] = SWITCH_NAMES.filter((name) => name !== 'troubleIn').flatMap((name) =>
  SWITCHES[name].map((value) => ({
    name: `${name}=${value}`,
    behaviours: { ...BESIDES[name], ...troubleAtOpen(value), [name]: value },
    expected: { [name]: value },
  })),
);

/** What a probe of a whole dialect is not asked: what takes minutes, and what makes no difference in it. */
const NOT_OF_DIALECTS: readonly string[] = ['troubleIn', 'wordlessEnd', 'idle', 'lifetime'];

function dialectCase(dialect: Dialect): ProbeCase {
  const behaviours = DIALECTS[dialect];
  // As documented nothing is refused that a probe sends, and no event tells of the caller.
  const unseen = dialect === 'documented' ? ['speechEnd', 'prefix'] : [];
  const expected = Object.entries(behaviours).filter(([name]) => ![...NOT_OF_DIALECTS, ...unseen].includes(name));
  return { name: `dialect=${dialect}`, behaviours, expected: Object.fromEntries(expected) };
}

/** Both dialects as a whole, then each switch. */
export const CASES: readonly ProbeCase[] = [dialectCase('live'), dialectCase('documented'), ...SWITCH_CASES];

/** A connection that is always lost cannot be probed: it is lost once. */
function troubleAtOpen(value: string): Partial<Behaviours> {
  return value === 'premature-close' ? { troubleIn: 'first-session' } : {};
}
