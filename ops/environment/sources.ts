import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Context } from '../cli/context';
import { nearest } from '../cli/nearest';
import { OpsError } from '../cli/ops-error';
import { readThrown } from '../cli/thrown';
import { ALL_VARIABLES } from '../../contract/variables';
import { isSecretKey } from '../secrets/secrecy';
import { parseDotenv } from './dotenv';

/** A variable's value and where it was found. */
export interface Given {
  readonly value: string;
  readonly from: string;
}

/** Where the values of secrets come from: a `.env` file first, then the environment. */
export interface Source {
  /** The file's name as shown; undefined when there is none. */
  readonly file: string | undefined;
  /** Names in the file that nobody reads and that look like another one's misspelling, each with what was meant. */
  readonly misspelt: readonly (readonly [name: string, meant: string])[];
  /** Trimmed; undefined when it is not set, empty or blank. */
  get(name: string): Given | undefined;
  /** As `get`, but from the file where there is one: for names that also hold the operator's own credentials. */
  getFromFileFirst(name: string): Given | undefined;
}

/** What a source is told besides. */
export interface SourceOptions {
  /** Names that are read besides the bot's own, such as agents' secrets. */
  readonly alsoKnown?: readonly string[];
  /** Values by name that the operator was asked for, where they are nowhere else. */
  readonly typed?: ReadonlyMap<string, string>;
}

/**
 * Opens the source: `--env-file PATH`, else `.env` in the project where there is one, else the environment alone.
 * @throws OpsError `env_file_invalid`
 */
export function openSource(context: Context, { alsoKnown = [], typed }: SourceOptions = {}): Source {
  const wanted = context.flags.text('env-file');
  const file = wanted ?? '.env';
  const values = readEnvFile(isAbsolute(file) ? file : context.path(file), file, wanted !== undefined);
  const fromFile = (name: string): Given | undefined => given(values?.get(name), `from ${file}`);
  const fromEnvironment = (name: string): Given | undefined => given(context.io.env[name], 'from the environment');
  const hide = (name: string, found: Given | undefined): Given | undefined => {
    if (found !== undefined && isSecretKey(name)) context.redactor.hide(found.value);
    return found;
  };
  return {
    file: values === undefined ? undefined : file,
    misspelt: misspeltIn([...(values?.keys() ?? [])], [...KNOWN_NAMES, ...alsoKnown]),
    get: (name) => hide(name, fromFile(name) ?? fromEnvironment(name) ?? given(typed?.get(name), 'typed in')),
    getFromFileFirst: (name) => hide(name, values === undefined ? fromEnvironment(name) : fromFile(name)),
  };
}

/** Every name that a `.env` may hold: the bot's variables, and what the AWS SDK reads. */
const KNOWN_NAMES = [
  ...ALL_VARIABLES.map(({ name }) => name),
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_REGION',
];

function misspeltIn(names: readonly string[], known: readonly string[]): [name: string, meant: string][] {
  return names
    .filter((name) => !known.includes(name))
    .flatMap((name): [string, string][] => {
      const meant = nearest(name, known);
      return meant === undefined ? [] : [[name, meant]];
    });
}

function given(raw: string | undefined, from: string): Given | undefined {
  const value = raw?.trim();
  return value === undefined || value === '' ? undefined : { value, from };
}

function readEnvFile(path: string, shown: string, mustExist: boolean): ReadonlyMap<string, string> | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = readThrown(error).code || 'unreadable';
    if (code === 'ENOENT' && !mustExist) return undefined;
    throw new OpsError('env_file_invalid', `${shown} cannot be read (${code})`, 'Give another with --env-file PATH.');
  }
  const { values, problems } = parseDotenv(text);
  if (problems.length > 0) throw new OpsError('env_file_invalid', `${shown}: ${problems.join('; ')}`);
  return values;
}
