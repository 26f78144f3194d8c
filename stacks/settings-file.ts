import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findNodeAtLocation, type Node, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import type { z } from 'zod';
import { checkAccountConflicts } from './account-conflicts';
import type { Settings } from './settings';
import { checkedSettingsSchema } from './settings-rules';

/** Settings that are wrong: one line a problem, each with file, line, setting and rule, and never a setting's value. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The settings are wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** Settings that a pipeline knows better than a file, by the environment variable that carries them. */
export const OVERRIDES: Readonly<Record<string, readonly string[]>> = {
  DEPLOY_IMAGE_TAG: ['image', 'tag'],
  DEPLOY_IMAGE_DIGEST: ['image', 'digest'],
  DEPLOY_ACCOUNT_ID: ['accountId'],
};

type Path = readonly (string | number)[];
type Environment = Readonly<Record<string, string | undefined>>;

/** The 1-based line at `path`; of its nearest parent where the path does not exist. */
function lineOf(text: string, root: Node | undefined, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const node = root && findNodeAtLocation(root, [...path.slice(0, length)]);
    // A property's node begins with its name, which is what a reader looks for.
    const at = node?.parent?.type === 'property' ? node.parent : node;
    if (at) return text.slice(0, at.offset).split('\n').length;
  }
  return 1;
}

/** What is wrong, in words, for one issue; unknown settings are one problem each. */
function problemsOf(issue: z.core.$ZodIssue): { path: Path; rule: string }[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], rule: 'is not a setting (see docs/settings.md)' }));
  }
  return [{ path, rule: issue.message }];
}

function applyOverrides(value: unknown, env: Environment): void {
  for (const [variable, path] of Object.entries(OVERRIDES)) {
    const given = env[variable];
    if (given === undefined || given === '') continue;
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
    const last = path.at(-1);
    if (typeof parent === 'object' && parent !== null && last !== undefined)
      (parent as Record<string, unknown>)[last] = given;
  }
}

/**
 * Reads one file's text.
 * @param file shown in problems
 * @throws SettingsError with every problem found
 */
export function parseSettings(file: string, given: string, env: Environment = {}): Settings {
  // Some editors begin a file with a byte order mark.
  const text = given.replace(/^\uFEFF/, '');
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: false, disallowComments: true });
  const [broken] = errors;
  if (broken) {
    const line = text.slice(0, broken.offset).split('\n').length;
    throw new SettingsError([`${file}:${line}: is not JSON: ${printParseErrorCode(broken.error)}`]);
  }
  const value: unknown = JSON.parse(text);
  applyOverrides(value, env);
  const result = checkedSettingsSchema.safeParse(value);
  const problem = (path: Path, rule: string): string => {
    const override = Object.entries(OVERRIDES).find(
      ([variable, at]) => env[variable] && at.join('.') === path.join('.'),
    );
    const from = override ? ` (from the environment variable ${override[0]})` : '';
    return `${file}:${lineOf(text, root, path)}: ${path.join('.') || 'the file'}${from}: ${rule}`;
  };
  if (!result.success) {
    throw new SettingsError(result.error.issues.flatMap(problemsOf).map(({ path, rule }) => problem(path, rule)));
  }
  if (result.data.environment !== basename(file, '.json')) {
    throw new SettingsError([problem(['environment'], `must be "${basename(file, '.json')}", as the file is called`)]);
  }
  return result.data;
}

/**
 * Reads the settings of all environments in a folder, or of one.
 * @throws SettingsError with the problems of all files
 */
export function readSettings(folder: string, env: Environment = {}, only?: string): Settings[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.json') && !file.endsWith('.schema.json'))
    .filter((file) => only === undefined || file === `${only}.json`)
    .sort();
  if (files.length === 0) {
    throw new SettingsError([
      only === undefined ? `${folder} holds no settings` : `${join(folder, only)}.json does not exist`,
    ]);
  }
  const given = Object.keys(OVERRIDES).filter((variable) => env[variable]);
  if (files.length > 1 && given.length > 0) {
    throw new SettingsError([`${given.join(', ')}: say by DEPLOY_ENVIRONMENT which environment it is meant for`]);
  }
  const problems: string[] = [];
  const all: Settings[] = [];
  for (const file of files) {
    const path = join(folder, file);
    try {
      all.push(parseSettings(path, readFileSync(path, 'utf8'), env));
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      problems.push(...error.problems);
    }
  }
  problems.push(...checkAccountConflicts(all).map((problem) => `${folder}: ${problem}`));
  if (problems.length > 0) throw new SettingsError(problems);
  return all;
}
