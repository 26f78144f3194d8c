import { type Behaviours, SWITCHES, type SwitchName, SWITCH_NAMES } from '../../fakes/bedrock';

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
export const CASES: readonly ProbeCase[] = SWITCH_NAMES.filter((name) => name !== 'troubleIn').flatMap((name) =>
  SWITCHES[name].map((value) => ({
    name: `${name}=${value}`,
    behaviours: { ...BESIDES[name], ...troubleAtOpen(value), [name]: value },
    expected: { [name]: value },
  })),
);

/** A connection that is always lost cannot be probed: it is lost once. */
function troubleAtOpen(value: string): Partial<Behaviours> {
  return value === 'premature-close' ? { troubleIn: 'first-session' } : {};
}
