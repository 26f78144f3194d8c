import { OpsError } from '../cli/ops-error';
import type { SecretState, SecretValues } from './state';

/** What is to be done about one secret. Keys only: a plan can be printed. */
export type Plan =
  | { readonly kind: 'create'; readonly keys: readonly string[] }
  | { readonly kind: 'fill'; readonly keys: readonly string[] }
  | {
      readonly kind: 'update';
      readonly changed: readonly string[];
      readonly added: readonly string[];
      readonly kept: readonly string[];
    }
  | { readonly kind: 'replace'; readonly keys: readonly string[] }
  | { readonly kind: 'unchanged'; readonly keys: readonly string[] }
  /** What it holds is seen only once it is restored. */
  | { readonly kind: 'restore' };

export interface Planned {
  readonly plan: Plan;
  /** What will be written; undefined when nothing is. */
  readonly values: SecretValues | undefined;
  /** The version that the plan was made for. */
  readonly basedOn: string | undefined;
}

/** What the operator wants in a secret. */
export interface Wanted {
  readonly name: string;
  /** Given now: these win over what is stored. */
  readonly given: SecretValues;
  /** Taken only for keys that are neither given nor stored. */
  readonly fallbacks: SecretValues;
  /** Keys that hold another value of a key, each with that key: see `SecretField.besides`. */
  readonly besides?: Readonly<Record<string, string>>;
  /** Keys that must be there in the end. */
  readonly required: readonly string[];
  /** Write without looking at what is stored. */
  readonly replace: boolean;
}

/**
 * Compares what is wanted with what is stored.
 * @throws OpsError `values_invalid`, `secret_unreadable`, `secret_not_json` when no plan can be made
 */
export function planSecret(state: SecretState, wanted: Wanted): Planned {
  if (state.kind === 'deleted') return { plan: { kind: 'restore' }, values: undefined, basedOn: undefined };
  const basedOn = 'versionId' in state ? state.versionId : undefined;
  const stored = storedValues(state, wanted);
  const merged = { ...wanted.fallbacks, ...stored, ...wanted.given };
  const values = inOrder({ ...merged, ...besides(merged, stored, wanted) }, wanted.required);
  const missing = wanted.required.filter((key) => !(key in values));
  if (missing.length > 0) {
    throw new OpsError(
      'values_invalid',
      `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set, and ${wanted.name} holds none`,
      `Set ${missing.join(' and ')} in .env (or --env-file PATH), and run the same command again.`,
    );
  }
  return { plan: planFor(state, stored, values), values: isSame(stored, values, state) ? undefined : values, basedOn };
}

/** What goes beside the values of other keys: the one before, where it changes; the same one, where there is no other. */
function besides(merged: SecretValues, stored: SecretValues, { given, besides: keys = {} }: Wanted): SecretValues {
  const found = Object.entries(keys).flatMap(([other, key]): [string, unknown][] => {
    if (other in given || !(key in merged)) return [];
    const before = stored[key];
    if (before !== undefined && before !== merged[key]) return [[other, before]];
    return other in merged ? [] : [[other, merged[key]]];
  });
  return Object.fromEntries(found);
}

/** The known keys first, in their order, so that a secret reads the same whoever wrote it. */
function inOrder(values: SecretValues, first: readonly string[]): SecretValues {
  const known = first.flatMap((key): [string, unknown][] => (key in values ? [[key, values[key]]] : []));
  return { ...Object.fromEntries(known), ...values };
}

function planFor(state: SecretState, stored: SecretValues, values: SecretValues): Plan {
  const keys = Object.keys(values);
  if (state.kind === 'absent') return { kind: 'create', keys };
  if (state.kind === 'empty') return { kind: 'fill', keys };
  if (state.kind !== 'present') return { kind: 'replace', keys };
  const added = keys.filter((key) => !(key in stored));
  const changed = keys.filter((key) => key in stored && stored[key] !== values[key]);
  if (added.length + changed.length === 0) return { kind: 'unchanged', keys };
  return { kind: 'update', added, changed, kept: keys.filter((key) => !added.includes(key) && !changed.includes(key)) };
}

function storedValues(state: SecretState, { name, replace }: Wanted): SecretValues {
  if (state.kind === 'present') return state.values;
  if (replace || state.kind === 'absent' || state.kind === 'empty' || state.kind === 'deleted') return {};
  if (state.kind === 'unreadable') {
    throw new OpsError(
      'secret_unreadable',
      `${name} has a value that you may not read, so it cannot be compared and its other keys cannot be kept`,
      'Add your role to secrets.operatorArns in the settings and apply the foundation; or write over it with --replace (the old value stays as AWSPREVIOUS).',
      state.why,
    );
  }
  throw new OpsError(
    'secret_not_json',
    `the value of ${name} is not a JSON object, so its keys cannot be kept`,
    'Write over it with --replace (the old value stays as AWSPREVIOUS).',
  );
}

function isSame(stored: SecretValues, values: SecretValues, state: SecretState): boolean {
  if (state.kind !== 'present') return false;
  const keys = Object.keys(values);
  return keys.length === Object.keys(stored).length && keys.every((key) => stored[key] === values[key]);
}

/** A plan in words: names of keys, no values. */
export function describePlan(plan: Plan): string {
  switch (plan.kind) {
    case 'create':
      return `make the secret with ${plan.keys.join(', ')}`;
    case 'fill':
      return `put a first value in, with ${plan.keys.join(', ')}`;
    case 'replace':
      return `write over what is there, with ${plan.keys.join(', ')}`;
    case 'restore':
      return 'restore it from deletion, then compare';
    case 'unchanged':
      return `unchanged: ${plan.keys.join(', ')}`;
    case 'update': {
      const parts = [
        ...(plan.changed.length === 0 ? [] : [`change ${plan.changed.join(', ')}`]),
        ...(plan.added.length === 0 ? [] : [`add ${plan.added.join(', ')}`]),
        ...(plan.kept.length === 0 ? [] : [`keep ${plan.kept.join(', ')}`]),
      ];
      return parts.join('; ');
    }
  }
}
