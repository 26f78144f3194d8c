/**
 * Typed readers of environment variables. A reader never repeats the value it was given: what it throws is the rule,
 * and the name is added by whoever walks the table. An empty or blank variable counts as not set, because that is
 * what `.env` files and task definitions make of an omitted one; blanks around a value are cut off, because secrets
 * pasted with a line's end are otherwise refused by a cloud an hour later.
 */
export interface Variable<T> {
  readonly read: (raw: string) => T;
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

/** A value that breaks the rule of its variable. */
export class RuleBroken extends Error {
  override readonly name = 'RuleBroken';
}

interface About {
  readonly description: string;
  readonly secret?: boolean;
}

/** What the documentation prints for a default. */
function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function variable<T>(rule: string, read: (raw: string) => T | undefined, about: About & { fallback: T }): Variable<T> {
  return {
    rule,
    read: (raw) => {
      const value = read(raw);
      if (value === undefined) throw new RuleBroken(rule);
      return value;
    },
    fallback: about.fallback,
    defaultText: inWords(about.fallback),
    description: about.description,
    secret: about.secret ?? false,
  };
}

/** The same variable with another text for its default, where that depends on other variables. */
export function withDefaultText<T>(base: Variable<T>, defaultText: string): Variable<T> {
  return { ...base, defaultText };
}

/** Text of at most `maxBytes` in UTF-8 that passes `pattern`, if given: a RegExp, or anything that tests. */
export function text<F extends string | undefined>(
  rule: string,
  about: About & { fallback: F; pattern?: { test(raw: string): boolean }; maxBytes?: number },
): Variable<string | F> {
  const { pattern, maxBytes = 2048 } = about;
  return variable<string | F>(
    rule,
    (raw) => (Buffer.byteLength(raw) > maxBytes || pattern?.test(raw) === false ? undefined : raw),
    about,
  );
}

/** A whole number from `min` to `max`. */
export function integer<F extends number | undefined>(
  about: About & { min: number; max: number; fallback: F },
): Variable<number | F> {
  const { min, max } = about;
  return variable<number | F>(
    `a whole number from ${min} to ${max}`,
    (raw) => {
      const value = /^[0-9]{1,9}$/.test(raw) ? Number(raw) : NaN;
      return value >= min && value <= max ? value : undefined;
    },
    about,
  );
}

/** One of a few words, written exactly so. */
export function oneOf<const T extends string, F extends T | undefined>(
  words: readonly T[],
  about: About & { fallback: F },
): Variable<T | F> {
  return variable<T | F>(`one of ${words.join(', ')}`, (raw) => words.find((word) => word === raw), about);
}

/** `true` or `false`. */
export function flag(about: About & { fallback: boolean }): Variable<boolean> {
  return variable('true or false', (raw) => (raw === 'true' ? true : raw === 'false' ? false : undefined), about);
}

/** An http or https address without credentials, query or fragment; a slash at its end is cut off. */
export function url<F extends string | undefined>(about: About & { fallback: F }): Variable<string | F> {
  return variable<string | F>(
    'an http or https URL without user, password, query or fragment',
    (raw) => {
      const parsed = URL.canParse(raw) ? new URL(raw) : undefined;
      if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) return undefined;
      if (parsed.username + parsed.password + parsed.search + parsed.hash !== '') return undefined;
      return raw.replace(/\/+$/, '');
    },
    about,
  );
}

/** A list of parts separated by commas; every part goes through `part`, which gives undefined for a bad one. */
export function list<T>(
  rule: string,
  part: (raw: string) => T | undefined,
  about: About & { defaultText: string },
): Variable<readonly T[]> {
  const read = (raw: string): readonly T[] | undefined => {
    const parts = raw.split(',').map((one) => part(one.trim()));
    return parts.every((one) => one !== undefined) ? parts : undefined;
  };
  return withDefaultText(variable<readonly T[]>(rule, read, { ...about, fallback: [] }), about.defaultText);
}

/** JSON text whose value `parse` accepts; `parse` gives undefined for a bad one. */
export function json<T>(
  rule: string,
  parse: (value: unknown) => T | undefined,
  about: About & { fallback: T; defaultText: string },
): Variable<T> {
  const read = (raw: string): T | undefined => {
    try {
      return parse(JSON.parse(raw));
    } catch {
      return undefined; // The parser's own message quotes the value.
    }
  };
  return withDefaultText(variable(rule, read, about), about.defaultText);
}

/** Any set of variables by name. */
export type VariableTable = Readonly<Record<string, Variable<unknown>>>;

/** The values a table reads. */
export type ValuesOf<Table extends VariableTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Variable<infer T> ? T : never;
};

/** What a variable holds, or undefined when it is not set, empty or blank. */
export function rawValue(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const raw = env[name]?.trim();
  return raw === '' ? undefined : raw;
}

/**
 * Reads every variable of a table. Broken rules are all collected, as "NAME must be RULE"; a variable with one has its
 * fallback in the values, which must then not be used.
 */
export function readTable<Table extends VariableTable>(
  table: Table,
  env: NodeJS.ProcessEnv,
): { values: ValuesOf<Table>; problems: string[] } {
  const problems: string[] = [];
  const entries = Object.entries(table).map(([name, one]) => {
    const raw = rawValue(env, name);
    if (raw === undefined) return [name, one.fallback];
    try {
      return [name, one.read(raw)];
    } catch (error) {
      if (!(error instanceof RuleBroken)) throw error;
      problems.push(`${name} must be ${error.message}`);
      return [name, one.fallback];
    }
  });
  // The keys are the table's and each value comes from the reader of its key.
  return { values: Object.fromEntries(entries) as ValuesOf<Table>, problems };
}
