import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import type { Finding } from '../cli/report';
import { openSource } from '../environment/sources';
import type { SecretId, SecretSettings, SecretSpec } from '../../contract/secrets';
import type { Wanted } from './plan';
import { shapeProblem } from './shape';

/** A secret to work on, and what is to be in it. */
export interface Task {
  readonly kind: SecretSpec;
  readonly wanted: Wanted;
}

/** Values gathered and checked; the findings say where each came from. */
export interface Gathered {
  readonly tasks: readonly Task[];
  readonly findings: readonly Finding[];
}

export interface GatherOptions {
  readonly generate: ReadonlySet<SecretId>;
  readonly replace: boolean;
  /** Values that were asked for. */
  readonly typed?: ReadonlyMap<string, string>;
}

/**
 * Gathers the values for these secrets from `.env` or the environment, and checks each.
 * @param generate names of secrets whose value is made up where none is given
 * @throws OpsError `values_invalid` naming every value that breaks its rule
 */
export function gatherValues(
  context: Context,
  settings: SecretSettings,
  kinds: readonly SecretSpec[],
  { generate, replace, typed }: GatherOptions,
): Gathered {
  const alsoKnown = kinds.flatMap(({ fields }) => fields.map(({ key }) => key));
  const source = openSource(context, { alsoKnown, ...(typed === undefined ? {} : { typed }) });
  const findings = source.misspelt.map(([name, meant]): Finding => ({
    status: 'warning',
    subject: name,
    text: `(from ${source.file ?? '.env'}) nobody reads; ${meant} is a name that is read`,
  }));
  const problems: string[] = [];
  const tasks = kinds.map((kind): Task => {
    const given: Record<string, string> = {};
    const fallbacks: Record<string, string> = {};
    for (const field of kind.fields) {
      const { key, fallback } = field;
      // The environment's AWS_* are the operator's own way in, and none of the bot's business.
      const found = key.startsWith('AWS_') ? source.getFromFileFirst(key) : source.get(key);
      if (found === undefined) {
        if (fallback !== undefined) fallbacks[key] = fallback(settings);
        if (field.generate !== undefined && generate.has(kind.id)) {
          const made = field.generate();
          context.redactor.hide(made);
          fallbacks[key] = made;
        }
        continue;
      }
      given[key] = found.value;
      const problem = shapeProblem(key, found.value);
      if (problem?.severity === 'failed') problems.push(`${key} (${found.from}) ${problem.text}`);
      else if (problem === undefined) findings.push({ status: 'ok', subject: key, text: found.from });
      else findings.push({ status: 'warning', subject: key, text: `${problem.text} (${found.from})` });
    }
    const required = kind.fields.map(({ key }) => key);
    return { kind, wanted: { name: kind.name, given, fallbacks, besides: besidesIn(kind), required, replace } };
  });
  if (problems.length > 0) {
    throw new OpsError('values_invalid', problems.join('; '), 'Nothing was written. Correct the values and try again.');
  }
  return { tasks, findings };
}

/** Keys that hold another value of a key, each with that key. */
export const besidesIn = ({ fields }: SecretSpec): Readonly<Record<string, string>> =>
  Object.fromEntries(fields.flatMap(({ key, besides }) => (besides === undefined ? [] : [[key, besides]])));
