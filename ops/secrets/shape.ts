import { ALL_VARIABLES, type VariableName } from '../../contract/variables';

/** What is wrong with a value; never the value, its length or a part of it. */
export interface ShapeProblem {
  readonly severity: 'failed' | 'warning';
  readonly text: string;
}

/** What people leave in a template, or write when they mean to come back. */
const PLACEHOLDERS: readonly RegExp[] = [
  /^(your|my|the|insert|enter|put|add|replace|paste)[-_ ]/i,
  /change[-_ ]?me|replace[-_ ]?me|fix[-_ ]?me/i,
  /^<.*>$|^\[.*\]$|^\{\{.*\}\}$|^\$\{.*\}$|^%.*%$/s,
  /^(.)\1{5,}$/s,
  /^(todo|tbd|none|null|undefined|secret|password|placeholder|dummy|example|key|api[-_ ]?key|token)$/i,
  /^(AKIA|ASIA)[A-Z0-9]*EXAMPLE$|EXAMPLEKEY$/,
];

/** A rule on top of the bot's own for the same variable. */
type Extra = (value: string) => ShapeProblem | undefined;

const failed = (text: string): ShapeProblem => ({ severity: 'failed', text });
const warning = (text: string): ShapeProblem => ({ severity: 'warning', text });

const EXTRAS: Readonly<Record<string, Extra>> = {
  DAILY_API_KEY: (value) =>
    /^[0-9a-f]{64}$/.test(value)
      ? undefined
      : warning("does not look like Daily's keys, which are 64 hexadecimal digits"),
  DAILY_API_URL: (value) =>
    /^https:/.test(value) || /^http:\/\/(localhost|127\.|\[::1\])/.test(value)
      ? undefined
      : failed('must be https: the key would travel in the clear'),
  AWS_ACCESS_KEY_ID: (value) => {
    if (/^ASIA/.test(value)) return failed('is a temporary key (ASIA…), which would soon expire: use a role instead');
    return /^AKIA[A-Z0-9]{16}$/.test(value) ? undefined : failed('must be AKIA and 16 of A-Z and 0-9');
  },
  AWS_SECRET_ACCESS_KEY: (value) =>
    /^[A-Za-z0-9/+]{40}$/.test(value) ? undefined : failed('must be 40 of A-Z, a-z, 0-9, "/" and "+"'),
} satisfies Partial<Record<VariableName, Extra>>;

/** What is wrong with a value for this variable, the worst only; undefined when it may be right. */
export function shapeProblem(key: string, raw: string): ShapeProblem | undefined {
  const value = raw.trim();
  if (value === '') return failed('is empty');
  if (PLACEHOLDERS.some((pattern) => pattern.test(value))) return failed('is a placeholder, not a value');
  const rule = brokenRule(key, value);
  if (rule !== undefined) return failed(`must be ${rule}`);
  const extra = EXTRAS[key]?.(value);
  if (extra?.severity === 'failed') return extra;
  if (raw !== value) return warning('has blanks or a line end around it; the bot cuts them off, other readers do not');
  return extra;
}

/** The rule of the bot's own table that the value breaks, in words. */
function brokenRule(key: string, value: string): string | undefined {
  const variable = ALL_VARIABLES.find(({ name }) => name === key);
  return variable?.read(value) === undefined ? variable?.rule : undefined;
}
