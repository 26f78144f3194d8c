import { SchemaRefusal } from './shape';

export type Json = Readonly<Record<string, unknown>>;

/** A schema that stands in itself is followed so far, and then taken for any object. */
const MAX_REFERENCES = 4;

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function without(schema: Json, ...keywords: readonly string[]): Json {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)));
}

/** A part of a schema without `$ref` and `allOf`, and where it was found. */
export interface Resolved {
  readonly schema: Json;
  /** References that led here, so that a circle ends. */
  readonly trail: readonly string[];
}

/** @throws SchemaRefusal for a reference that leads nowhere, a merge of what contradicts itself, and what is no schema */
export function resolve(found: unknown, root: Json, trail: readonly string[], path: string): Resolved {
  if (found === true || found === undefined) return { schema: {}, trail };
  if (!isJson(found)) throw new SchemaRefusal(path, 'a type must be given');
  if (typeof found['$ref'] === 'string') return followed(found, found['$ref'], root, trail, path);
  if (!Array.isArray(found['allOf'])) return { schema: found, trail };
  const { allOf, ...rest } = found;
  let merged: Json = rest;
  let deepest = trail;
  for (const part of allOf as unknown[]) {
    const resolved = resolve(part, root, trail, path);
    merged = merge(merged, resolved.schema, path);
    if (resolved.trail.length > deepest.length) deepest = resolved.trail;
  }
  return { schema: merged, trail: deepest };
}

function followed(found: Json, ref: string, root: Json, trail: readonly string[], path: string): Resolved {
  const beside = without(found, '$ref');
  if (trail.includes(ref) || trail.length >= MAX_REFERENCES) {
    const description = 'An object of the same form as the one that it is in.';
    return { schema: { type: 'object', description, ...beside }, trail };
  }
  const target = resolve(lookUp(ref, root, path), root, [...trail, ref], path);
  return { schema: { ...target.schema, ...beside }, trail: target.trail };
}

/** By JSON Pointer inside the same schema (RFC 6901): others' documents are not fetched. */
function lookUp(ref: string, root: Json, path: string): unknown {
  if (!ref.startsWith('#')) throw new SchemaRefusal(path, `"$ref" leads to another document`);
  let at: unknown = root;
  for (const key of ref.split('/').slice(1)) {
    const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
    at = (isJson(at) || Array.isArray(at)) && Object.hasOwn(at, name) ? (at as Json)[name] : undefined;
  }
  if (at === undefined) throw new SchemaRefusal(path, `"$ref" leads nowhere`);
  return at;
}

/** Both at once, as `allOf` has it. */
function merge(one: Json, other: Json, path: string): Json {
  const merged: Record<string, unknown> = { ...one };
  for (const [keyword, value] of Object.entries(other)) {
    const before = merged[keyword];
    if (before === undefined || JSON.stringify(before) === JSON.stringify(value)) merged[keyword] = value;
    else if (keyword === 'properties') merged[keyword] = mergeProperties(before as Json, value as Json, path);
    else if (keyword === 'required') merged[keyword] = [...new Set([...(before as string[]), ...(value as string[])])];
    else if (keyword === 'enum') merged[keyword] = common(before as unknown[], value as unknown[]);
    else if (keyword === 'description') merged[keyword] = [before, value].join(' ');
    else if (['type', 'const', 'items', '$ref', 'anyOf', 'oneOf'].includes(keyword)) {
      throw new SchemaRefusal(path, `"allOf" contradicts itself in "${keyword}"`);
    }
  }
  return merged;
}

function mergeProperties(one: Json, other: Json, path: string): Json {
  const merged: Record<string, unknown> = { ...one };
  for (const [name, schema] of Object.entries(other)) {
    const before = merged[name];
    merged[name] =
      isJson(before) && isJson(schema) ? merge(before, schema, path === '' ? name : `${path}.${name}`) : schema;
  }
  return merged;
}

function common(one: readonly unknown[], other: readonly unknown[]): unknown[] {
  const texts = new Set(other.map((value) => JSON.stringify(value)));
  return one.filter((value) => texts.has(JSON.stringify(value)));
}
