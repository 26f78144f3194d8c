import type { z } from 'zod';

/**
 * Typed readers of environment variables. An empty or blank variable counts as not set, because that is what `.env`
 * files and task definitions make of an omitted one; blanks around a value are cut off, because secrets pasted with a
 * line's end are otherwise refused by a cloud an hour later.
 */
export interface Variable<Name extends string = string, T = unknown> {
  readonly name: Name;
  /** The value in the unit of the code; undefined for text that breaks the rule. */
  readonly read: (raw: string) => T | undefined;
  /** What applies when it is not set. */
  readonly fallback: T;
  /** The default in words for the documentation; empty when there is none. */
  readonly defaultText: string;
  /** The rule in words: completes the sentence "NAME must be …". */
  readonly rule: string;
  readonly description: string;
  /** A secret's value appears nowhere: no log, no health check. */
  readonly secret: boolean;
}

/** Variables under the paths that their values take in the configuration. */
export interface VariableTable {
  readonly [key: string]: Variable | VariableTable;
}

/** The values of a table, under the same paths. */
export type ValuesOf<Table> = Table extends { readonly read: unknown; readonly fallback: infer T }
  ? T
  : { readonly [Key in keyof Table]: ValuesOf<Table[Key]> };

/** The names of all variables of a table. */
export type NamesIn<Table> =
  Table extends Variable<infer Name> ? Name : { [Key in keyof Table]: NamesIn<Table[Key]> }[keyof Table];

interface About<Fallback> {
  readonly description: string;
  /** Left out: undefined is read when the variable is not set. */
  readonly fallback?: Fallback;
  /** What the documentation prints for the default; left out: the fallback itself. */
  readonly defaultText?: string;
  readonly secret?: boolean;
}

function variable<N extends string, T, F = undefined>(
  name: N,
  rule: string,
  read: (raw: string) => T | undefined,
  about: About<F>,
): Variable<N, T | F> {
  const { fallback, defaultText = String(fallback ?? ''), description, secret = false } = about;
  // Where no fallback is given, F is undefined.
  return { name, rule, read, fallback: fallback as F, defaultText, description, secret };
}

/** Text of at most `maxBytes` in UTF-8 that passes `pattern`, if given: a RegExp, or anything that tests. */
export function text<N extends string, F extends string | undefined = undefined>(
  name: N,
  rule: string,
  about: About<F> & { pattern?: { test(raw: string): boolean }; maxBytes?: number },
): Variable<N, string | F> {
  const { pattern, maxBytes = 2048 } = about;
  const isGood = (raw: string): boolean => Buffer.byteLength(raw) <= maxBytes && pattern?.test(raw) !== false;
  return variable(name, rule, (raw) => (isGood(raw) ? raw : undefined), about);
}

/** A secret that is shown, or signed with: an HTTP header carries no other characters unchanged. */
export function secretKey<N extends string>(
  name: N,
  about: Pick<About<undefined>, 'description' | 'defaultText'>,
): Variable<N, string | undefined> {
  const rule = 'at least 16 visible ASCII characters without a space';
  return text(name, rule, { ...about, pattern: /^[\x21-\x7e]{16,512}$/, secret: true });
}

/** A whole number from `min` to `max`. */
export function integer<N extends string, F extends number | undefined = undefined>(
  name: N,
  about: About<F> & { min: number; max: number },
): Variable<N, number | F> {
  const { min, max } = about;
  const read = (raw: string): number | undefined => {
    const value = /^[0-9]{1,9}$/.test(raw) ? Number(raw) : NaN;
    return value >= min && value <= max ? value : undefined;
  };
  return variable(name, `a whole number from ${min} to ${max}`, read, about);
}

/** US dollars from `min` to `max`, to a hundredth of a cent. */
export function dollars<N extends string>(
  name: N,
  about: About<undefined> & { min: number; max: number },
): Variable<N, number | undefined> {
  const { min, max } = about;
  const read = (raw: string): number | undefined => {
    const value = /^[0-9]{1,7}(\.[0-9]{1,4})?$/.test(raw) ? Number(raw) : NaN;
    return value >= min && value <= max ? value : undefined;
  };
  return variable(name, `dollars from ${min} to ${max}, such as 2.50`, read, about);
}

type Quantity = About<number> & { min: number; max: number; fallback: number };

function scaled<N extends string>(name: N, about: Quantity, scale: (value: number) => number): Variable<N, number> {
  const base = integer(name, about);
  const read = (raw: string): number | undefined => {
    const value = base.read(raw);
    return value === undefined ? undefined : scale(value);
  };
  return { ...base, read, fallback: scale(base.fallback) };
}

/** Whole minutes in the variable, ms in the code. */
export const minutes = <N extends string>(name: N, about: Quantity): Variable<N, number> =>
  scaled(name, about, (value) => value * 60_000);

/** Whole seconds in the variable, ms in the code. */
export const seconds = <N extends string>(name: N, about: Quantity): Variable<N, number> =>
  scaled(name, about, (value) => value * 1000);

/** Percent in the variable, a share of 1 in the code. */
export const percent = <N extends string>(name: N, about: Quantity): Variable<N, number> =>
  scaled(name, about, (value) => value / 100);

/** One of a few words, written exactly so. */
export function oneOf<N extends string, const T extends string, F extends T | undefined = undefined>(
  name: N,
  words: readonly T[],
  about: About<F>,
): Variable<N, T | F> {
  return variable(name, `one of ${words.join(', ')}`, (raw) => words.find((word) => word === raw), about);
}

/** `true` or `false`. */
export function flag<N extends string, F extends boolean | undefined = undefined>(
  name: N,
  about: About<F>,
): Variable<N, boolean | F> {
  return variable(name, 'true or false', (raw) => ({ true: true, false: false })[raw], about);
}

/** An http or https address without credentials, query or fragment; a slash at its end is cut off. */
export function url<N extends string, F extends string | undefined = undefined>(
  name: N,
  about: About<F>,
): Variable<N, string | F> {
  const read = (raw: string): string | undefined => {
    const parsed = URL.canParse(raw) ? new URL(raw) : undefined;
    if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) return undefined;
    if (parsed.username + parsed.password + parsed.search + parsed.hash !== '') return undefined;
    return raw.replace(/\/+$/, '');
  };
  return variable(name, 'an http or https URL without user, password, query or fragment', read, about);
}

/** A list of parts separated by commas, empty when not set; `part` gives undefined for a bad one. */
export function list<N extends string, T>(
  name: N,
  rule: string,
  part: (raw: string) => T | undefined,
  about: About<readonly T[]>,
): Variable<N, readonly T[]> {
  const read = (raw: string): readonly T[] | undefined => {
    const parts = raw.split(',').map((one) => part(one.trim()));
    return parts.every((one) => one !== undefined) ? parts : undefined;
  };
  return variable<N, readonly T[], readonly T[]>(name, rule, read, { fallback: [], ...about });
}

/** JSON text whose value is of this shape. */
export function json<N extends string, T, F extends T | undefined = undefined>(
  name: N,
  rule: string,
  shape: z.ZodType<T>,
  about: About<F>,
): Variable<N, T | F> {
  const read = (raw: string): T | undefined => {
    try {
      return shape.safeParse(JSON.parse(raw)).data;
    } catch {
      return undefined; // The parser's own message quotes the value.
    }
  };
  return variable(name, rule, read, about);
}

/** Whether the variable is set. Its value is checked and goes no further: somebody else reads it. */
export function isSet<N extends string>(base: Variable<N>): Variable<N, boolean> {
  const read = (raw: string): true | undefined => (base.read(raw) === undefined ? undefined : true);
  return { ...base, read, fallback: false };
}

/** What a variable holds, or undefined when it is not set, empty or blank. */
export function rawValue(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const raw = env[name]?.trim();
  return raw === '' ? undefined : raw;
}

const isVariable = (node: Variable | VariableTable): node is Variable => typeof node['read'] === 'function';

/** All variables of a table, in its order. */
export function variablesIn(table: VariableTable): Variable[] {
  return Object.values(table).flatMap((node) => (isVariable(node) ? [node] : variablesIn(node)));
}

/**
 * Reads every variable of a table. Broken rules are all collected, as "NAME must be RULE" without the value; a variable
 * with one has its fallback in the values, which must then not be used.
 */
export function readTable<Table extends VariableTable>(
  table: Table,
  env: NodeJS.ProcessEnv,
): { values: ValuesOf<Table>; problems: string[] } {
  const problems: string[] = [];
  const readVariable = ({ name, rule, read, fallback }: Variable): unknown => {
    const raw = rawValue(env, name);
    if (raw === undefined) return fallback;
    const value = read(raw);
    if (value === undefined) problems.push(`${name} must be ${rule}`);
    return value ?? fallback;
  };
  const readGroup = (group: VariableTable): unknown =>
    Object.fromEntries(
      Object.entries(group).map(([key, node]) => [key, isVariable(node) ? readVariable(node) : readGroup(node)]),
    );
  // The keys are the table's and each value comes from the reader of its key.
  return { values: readGroup(table) as ValuesOf<Table>, problems };
}
