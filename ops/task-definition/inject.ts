import { OpsError } from '../cli/ops-error';
import type { SecretStore } from '../secrets/store';
import { parseValues } from '../secrets/state';
import type { InjectedVariable } from './definition';
import { whichValue } from './value-from';

/** What ECS would make of one `valueFrom`. */
export type Injection =
  | { readonly kind: 'injected'; readonly variable: InjectedVariable; readonly value: string; readonly remark?: string }
  | { readonly kind: 'failed'; readonly variable: InjectedVariable; readonly error: OpsError };

/** Resolves every secret of a task as ECS does at its start. Each value is asked for once. */
export async function injectAll(store: SecretStore, variables: readonly InjectedVariable[]): Promise<Injection[]> {
  const texts = new Map<string, Promise<string>>();
  const injections: Injection[] = [];
  for (const variable of variables) {
    const { from } = variable;
    const which = whichValue(from);
    const key = JSON.stringify([from.secretId, which]);
    const text = texts.get(key) ?? store.readText(from.secretId, which);
    texts.set(key, text);
    injections.push(await inject(variable, text));
  }
  return injections;
}

async function inject(variable: InjectedVariable, pending: Promise<string>): Promise<Injection> {
  try {
    return { kind: 'injected', variable, ...select(variable, await pending) };
  } catch (error) {
    if (!(error instanceof OpsError) || error.code === 'interrupted') throw error;
    return { kind: 'failed', variable, error };
  }
}

/** @throws OpsError in ECS's own cases */
function select({ name, from }: InjectedVariable, text: string): { value: string; remark?: string } {
  const { jsonKey, secretName } = from;
  if (jsonKey === undefined) {
    return { value: text, remark: `the whole text of ${secretName} is injected, because valueFrom names no key` };
  }
  const fix = 'npm run ops -- secrets setup';
  const values = parseValues(text);
  if (values === undefined) {
    throw new OpsError(
      'secret_not_json',
      `${secretName} is not a JSON object, so ECS cannot take ${jsonKey} from it`,
      `${fix} --replace`,
    );
  }
  if (!(jsonKey in values)) {
    throw new OpsError(
      'secret_key_missing',
      `${secretName} has no key ${jsonKey}: the task would stop with "did not contain json key ${jsonKey}"`,
      fix,
    );
  }
  const value = values[jsonKey];
  if (typeof value === 'string') return { value };
  if (typeof value === 'number' || typeof value === 'boolean') {
    return { value: String(value), remark: `${jsonKey} in ${secretName} is a ${typeof value}, not text` };
  }
  throw new OpsError(
    'secret_not_json',
    `${jsonKey} in ${secretName} is neither text nor a number, so ${name} would hold the text of a Go map`,
    fix,
  );
}
