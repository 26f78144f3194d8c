import { createHash } from 'node:crypto';
import { ATTRIBUTE_GROUPS, type BlockSchema, type CtyType } from './schema';
import { isObject, UNKNOWN, type Value } from './values';

/**
 * What a provider does between configuration and state, without a cloud: computed values are unknown until apply and
 * then made up. Nothing here knows AWS: no default, no validation, no replacement.
 */
type Fill = (type: CtyType, path: string) => Value;

/** Gives every computed attribute that nobody set what `fill` says; leaves the rest as it is. */
function fillComputed(block: BlockSchema, value: Value, fill: Fill, path: string, empty: Value): Value {
  if (!isObject(value)) return value;
  const filled: Record<string, Value> = { ...value };
  for (const group of ATTRIBUTE_GROUPS) {
    const isComputed = group === 'computed' || group === 'optionalComputed';
    for (const [name, type] of Object.entries(block[group] ?? {})) {
      const given = value[name] ?? null;
      filled[name] = isComputed && given === empty ? fill(type, `${path}.${name}`) : given;
    }
  }
  for (const [name, { block: inner }] of Object.entries(block.blocks ?? {})) {
    const nested = value[name] ?? null;
    filled[name] = Array.isArray(nested)
      ? nested.map((one, index) => fillComputed(inner, one, fill, `${path}.${name}.${index}`, empty))
      : fillComputed(inner, nested, fill, `${path}.${name}`, empty);
  }
  return filled;
}

/** The planned state of a resource. */
export function plan(block: BlockSchema, prior: Value, proposed: Value): Value {
  if (proposed === null) return null;
  if (prior !== null && JSON.stringify(prior) === JSON.stringify(proposed)) return prior;
  return fillComputed(block, proposed, () => UNKNOWN, '', null);
}

/**
 * The planned state where an account decides what is computed: unknown of what is yet to be made, and afterwards as the
 * account has it.
 */
export function planKept(block: BlockSchema, prior: Value, proposed: Value): Value {
  return prior === null ? plan(block, prior, proposed) : proposed;
}

/** The state after apply: what an account told of a resource, and null where it told nothing. */
export function keep(planned: Value, told: Readonly<Record<string, Value>>): Value {
  if (!isObject(planned)) return planned;
  const decided = Object.entries(told).filter(([name]) => planned[name] === UNKNOWN);
  return resolveUnknown({ ...planned, ...Object.fromEntries(decided) });
}

/**
 * A made-up value of a type, the same for the same `seed`. Strings are recognisable, and those called ARN look like one,
 * because policies and references are built from them.
 */
function madeUp(type: CtyType, path: string, seed: string, listLength = 1): Value {
  if (type === 'string') {
    const name = path.split('.').findLast((part) => !/^\d*$/.test(part)) ?? 'value';
    const hash = createHash('sha256').update(`${seed}${path}`).digest('hex').slice(0, 12);
    return /(^|_)arn$/.test(name)
      ? `arn:aws:offline:eu-north-1:123456789012:${seed.split(':')[0] ?? ''}/${hash}`
      : `offline-${name}-${hash}`;
  }
  if (type === 'number') return 1;
  if (type === 'bool') return false;
  if (type === 'dynamic') return null;
  const [kind, inner] = type;
  if (kind === 'object') {
    return Object.fromEntries(
      Object.entries(inner).map(([name, innerType]) => [name, madeUp(innerType, `${path}.${name}`, seed)]),
    );
  }
  if (kind === 'map') return {};
  return Array.from({ length: listLength }, (_, index) => madeUp(inner, `${path}.${index}`, seed));
}

/** The state after apply: what was unknown is made up. `seed` tells one resource from another. */
export function apply(block: BlockSchema, planned: Value, seed: string): Value {
  return resolveUnknown(fillComputed(block, planned, (type, path) => madeUp(type, path, seed), '', UNKNOWN));
}

/** Attributes that a configuration sets although only the provider decides them; terraform leaves this check to it. */
export function unconfigurable(block: BlockSchema, config: Value, path = ''): string[] {
  if (Array.isArray(config)) return config.flatMap((one) => unconfigurable(block, one, path));
  if (!isObject(config)) return [];
  return [
    ...Object.keys(block.computed ?? {})
      .filter((name) => (config[name] ?? null) !== null)
      .map((name) => `${path}${name}`),
    ...Object.entries(block.blocks ?? {}).flatMap(([name, { block: inner }]) =>
      unconfigurable(inner, config[name] ?? null, `${path}${name}.`),
    ),
  ];
}

/** Elements of a list that a data source answers, as a region has zones and a VPC has subnets. */
const LISTED = 3;

/** What a data source answers. */
export function read(block: BlockSchema, config: Value, seed: string): Value {
  return fillComputed(block, config, (type, path) => madeUp(type, path, seed, LISTED), '', null);
}

/** Unknown values left in what was not computed would be a fault of terraform's; null is what it then reports. */
function resolveUnknown(value: Value): Value {
  if (value === UNKNOWN) return null;
  if (Array.isArray(value)) return value.map(resolveUnknown);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveUnknown(inner)]));
  return value;
}
