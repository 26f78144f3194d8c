import type { ServedAgent } from '../../contract/agent';
import { GENERATED_UNASKED, type SecretId, secretsOf, START_KEY } from '../../contract/secrets';
import type { Settings } from '../../stacks/settings';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import type { Terminal } from '../cli/terminal';
import { openSource } from '../environment/sources';
import type { Wanted } from '../secrets/plan';
import { shapeProblem } from '../secrets/shape';
import type { SecretState } from '../secrets/state';
import { SecretStore } from '../secrets/store';
import { gatherValues, type Task } from '../secrets/wanted';

/** Keys that are made up where nobody gives one. */
const GENERATED: ReadonlySet<SecretId> = new Set(['start-api-key', 'admin-api-key', ...GENERATED_UNASKED]);

/** The secrets that the settings use, with the values that are given. @throws OpsError `values_invalid` */
export function wantedSecrets(
  context: Context,
  settings: Settings,
  agents: readonly ServedAgent[],
  typed: ReadonlyMap<string, string>,
): readonly Task[] {
  const kinds = secretsOf(settings, agents).filter(({ isWanted }) => isWanted);
  return gatherValues(context, settings, kinds, { generate: GENERATED, replace: false, typed }).tasks;
}

/** A value that is stored is not written over by one that is given. */
export const storedWins = (wanted: Wanted): Wanted => ({
  ...wanted,
  given: {},
  fallbacks: { ...wanted.fallbacks, ...wanted.given },
});

/** The keys that nobody has given, that nothing stands for, and that are not stored. */
export function missingKeys(state: SecretState, { given, fallbacks, besides = {}, required }: Wanted): string[] {
  // What a value that cannot be read holds is not asked for again, nor what comes back with a restored one.
  if (state.kind === 'unreadable' || state.kind === 'malformed' || state.kind === 'deleted') return [];
  const stored = state.kind === 'present' ? state.values : {};
  return required.filter((key) => !(key in given) && !(key in fallbacks) && !(key in stored) && !(key in besides));
}

/** The names of values that have to be asked for, before anything is made that would wait for them. @throws OpsError */
export async function keysToAsk(
  context: Context,
  settings: Settings,
  agents: readonly ServedAgent[],
): Promise<string[]> {
  const store = new SecretStore(context.aws(settings.region), context.redactor);
  const missing: string[] = [];
  for (const { kind, wanted } of wantedSecrets(context, settings, agents, new Map())) {
    missing.push(...missingKeys(await store.state(kind.name), wanted));
  }
  return missing;
}

const TRIES = 3;

/** @throws OpsError `values_invalid` where a value would have to be asked for, and nobody can be */
export function checkAskable(keys: readonly string[], terminal: Terminal | undefined): void {
  if (keys.length === 0 || terminal?.canHide === true) return;
  throw new OpsError(
    'values_invalid',
    `${keys.join(' and ')} ${keys.length === 1 ? 'is' : 'are'} not set, and there is no terminal to ask on without showing what is typed. Nothing was made.`,
    howToGive(keys),
  );
}

/**
 * Asks for values without showing them, each until it can be right.
 * @throws OpsError `values_invalid` where nobody answers; Interrupted
 */
export async function askForKeys(
  context: Context,
  keys: readonly string[],
  terminal: Terminal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const typed = new Map<string, string>();
  if (terminal === undefined) return typed;
  for (const key of keys) typed.set(key, await askForKey(context, key, terminal));
  return typed;
}

/** An editor, so that no value is left in the shell's history. */
const howToGive = (keys: readonly string[]): string =>
  `cp -n .env.example .env, and write ${keys.join(' and ')} into .env (another file: --env-file PATH).`;

async function askForKey(context: Context, key: string, terminal: Terminal): Promise<string> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const value = await terminal.askHidden(`${key} (not shown): `);
    if (value === undefined) break;
    context.redactor.hide(value);
    const problem = shapeProblem(key, value);
    if (problem?.severity !== 'failed') return value;
    context.progress(`${key} ${problem.text}`);
  }
  throw new OpsError('values_invalid', `${key} was not given. Nothing was made.`, howToGive([key]));
}

/** The start key, for the smoke call: as it is stored, else as it is given; undefined where neither is to be had. @throws OpsError */
export async function startKeyOf(context: Context): Promise<string | undefined> {
  const kind = secretsOf(context.settings, await context.agents()).find(({ id }) => id === 'start-api-key');
  if (kind?.isWanted !== true) return undefined;
  const state = await new SecretStore(context.aws(), context.redactor).state(kind.name);
  const stored = state.kind === 'present' ? state.values[START_KEY] : undefined;
  return typeof stored === 'string' ? stored : openSource(context).get(START_KEY)?.value;
}
