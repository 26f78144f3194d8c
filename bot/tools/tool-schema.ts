import type { z } from 'zod';
import { BotError } from '../errors';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Keywords that say nothing the model needs; a promptStart with one of them has been refused by the live service. */
const DROPPED = new Set(['$schema', 'additionalProperties', 'title', 'default']);
/** Keywords that no reduction can express in plain types. */
const REFUSED = ['$ref', 'oneOf', 'allOf', 'not', 'if', 'patternProperties', 'prefixItems', 'propertyNames'] as const;

/**
 * A tool's arguments as Nova Sonic takes them: plain types only. `$schema`, `additionalProperties`, `title` and
 * `default` are left out, an optional or nullable property becomes one that is not required, a constant an enum.
 * Source: refusals of the live service ("Invalid input request" at promptStart), November 2026.
 * @param toolName names the tool in the error
 * @throws BotError `config_invalid` with the path of what cannot be reduced
 */
export function toModelSchema(schema: JsonSchema, toolName: string): Record<string, unknown> {
  const { schema: reduced, isNullable } = reduce(schema, '', toolName);
  if (isNullable || reduced['type'] !== 'object') throw refusal(toolName, '', 'they must be an object');
  return { properties: {}, ...reduced };
}

/** Puts null where `schema` wants a value that may be null, and the model, which cannot be told of null, left it out. */
export function withOmittedNulls(value: unknown, schema: JsonSchema): unknown {
  if (typeof value !== 'object' || value === null || schema.properties === undefined) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const name of schema.required ?? []) {
    const property = schema.properties[name];
    if (typeof property !== 'object') continue;
    const isNullable = [property.type].flat().includes('null') || property.anyOf?.some(isNull) === true;
    filled[name] = name in filled ? withOmittedNulls(filled[name], property) : isNullable ? null : undefined;
  }
  return filled;
}

function isNull(schema: JsonSchema | boolean): boolean {
  return typeof schema === 'object' && schema.type === 'null';
}

interface Reduced {
  readonly schema: Record<string, unknown>;
  /** Null was allowed, which plain types cannot say. */
  readonly isNullable: boolean;
}

function reduce(schema: unknown, path: string, toolName: string): Reduced {
  if (typeof schema !== 'object' || schema === null) throw refusal(toolName, path, 'a type must be given');
  const given = schema as Record<string, unknown>;
  for (const keyword of REFUSED) {
    if (given[keyword] !== undefined) throw refusal(toolName, path, `"${keyword}" has no plain type`);
  }
  if (given['anyOf'] !== undefined) return reduceUnion(given, path, toolName);

  const types = [given['type'] ?? []].flat();
  const named = types.filter((type) => type !== 'null');
  if (given['const'] === undefined && given['enum'] === undefined && named.length !== 1) {
    throw refusal(toolName, path, named.length === 0 ? 'a type must be given' : 'only one type can be given');
  }
  const reduced: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(given)) {
    if (DROPPED.has(keyword)) continue;
    if (keyword === 'type') reduced['type'] = named[0];
    else if (keyword === 'const') reduced['enum'] = [value];
    else if (keyword === 'items') reduced['items'] = reduce(value, `${path}[]`, toolName).schema;
    else if (keyword === 'properties') Object.assign(reduced, reduceProperties(given, path, toolName));
    else if (keyword !== 'required') reduced[keyword] = value;
  }
  return { schema: reduced, isNullable: types.includes('null') };
}

/** A union with null is the other type, and not required; any other union is refused. */
function reduceUnion({ anyOf, ...rest }: Record<string, unknown>, path: string, toolName: string): Reduced {
  const branches = (anyOf as readonly Record<string, unknown>[]).filter(({ type }) => type !== 'null');
  const [only] = branches;
  if (only === undefined || branches.length > 1) throw refusal(toolName, path, 'a union of types has no plain type');
  return { schema: reduce({ ...only, ...rest }, path, toolName).schema, isNullable: true };
}

function reduceProperties(object: Record<string, unknown>, path: string, toolName: string): Record<string, unknown> {
  const entries = Object.entries(object['properties'] as Record<string, unknown>).map(
    ([name, property]) => [name, reduce(property, path === '' ? name : `${path}.${name}`, toolName)] as const,
  );
  const nullable = new Set(entries.flatMap(([name, { isNullable }]) => (isNullable ? [name] : [])));
  const required = ((object['required'] as string[] | undefined) ?? []).filter((name) => !nullable.has(name));
  return {
    properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
    ...(required.length === 0 ? {} : { required }),
  };
}

function refusal(toolName: string, path: string, rule: string): BotError {
  const where = path === '' ? 'its arguments' : `its argument ${path}`;
  return new BotError('config_invalid', `The tool ${toolName} cannot be given to the model: ${where}: ${rule}.`);
}
