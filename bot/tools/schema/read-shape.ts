import { isJson, type Json, resolve, type Resolved, without } from './resolve';
import { type Bounds, type Choice, type PlainType, SchemaRefusal, type Shape } from './shape';

/** Conditions that no plain type expresses. */
const REFUSED = ['not', 'if'] as const;
const PLAIN: readonly string[] = ['string', 'number', 'integer', 'boolean'];
const BOUNDS = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'] as const;
/** A longer pattern tells a model nothing. */
const MAX_PATTERN_CHARS = 60;
/** Deeper than this, an object is told as one of any form. */
const MAX_DEPTH = 6;

interface Place {
  readonly root: Json;
  readonly trail: readonly string[];
  readonly path: string;
  readonly depth: number;
}

/**
 * Reads what arguments may be out of any JSON Schema (drafts 7 and 2020-12).
 * @throws SchemaRefusal for what has no plain form
 */
export function readShape(schema: Json): Shape {
  const shape = read(schema, { root: schema, trail: [], path: '', depth: 0 });
  if (shape.kind !== 'object' || shape.isNullable) throw new SchemaRefusal('', 'they must be an object');
  return shape;
}

function read(found: unknown, at: Place): Shape {
  const resolved = resolve(found, at.root, at.trail, at.path);
  const place = { ...at, trail: resolved.trail };
  const { schema } = resolved;
  for (const keyword of REFUSED) {
    if (schema[keyword] !== undefined) throw new SchemaRefusal(at.path, `"${keyword}" has no plain type`);
  }
  const union = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(union)) return readUnion(schema, union, place);
  if (schema['const'] !== undefined || Array.isArray(schema['enum'])) return readChoices(schema, at.path);

  const types = typesOf(schema);
  const named = types.filter((type) => type !== 'null');
  const common = { description: describe(schema), isNullable: named.length < types.length };
  const [type] = named;
  if (named.length !== 1 || type === undefined) return { ...common, kind: 'text', types: named };
  if (type === 'object') return { ...common, ...readObject(schema, place) };
  if (type === 'array') return { ...common, ...readList(schema, place) };
  if (!PLAIN.includes(type)) throw new SchemaRefusal(at.path, `"${type}" is no type`);
  return { ...common, kind: 'plain', type: type as PlainType, choices: undefined, bounds: boundsOf(schema) };
}

/** The types that are said, or that the keywords speak of. */
function typesOf(schema: Json): readonly string[] {
  const given = [schema['type'] ?? []].flat() as string[];
  if (given.length > 0) return [...new Set(given)];
  if (schema['properties'] !== undefined) return ['object'];
  return schema['items'] !== undefined || schema['prefixItems'] !== undefined ? ['array'] : [];
}

function readObject(
  schema: Json,
  at: Place,
): Pick<Extract<Shape, { kind: 'object' }>, 'kind' | 'properties' | 'required'> {
  const given = at.depth < MAX_DEPTH && isJson(schema['properties']) ? schema['properties'] : {};
  const properties = Object.fromEntries(
    Object.entries(given).map(([name, property]) => [name, read(property, inside(at, name))]),
  );
  const required = ((schema['required'] ?? []) as string[]).filter((name) => Object.hasOwn(properties, name));
  return { kind: 'object', properties, required };
}

function readList(schema: Json, at: Place): Pick<Extract<Shape, { kind: 'list' }>, 'kind' | 'items' | 'bounds'> {
  const { items, prefixItems } = schema;
  const place = { ...at, path: `${at.path}[]`, depth: at.depth + 1 };
  const first = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : undefined;
  if (first === undefined) return { kind: 'list', items: read(items, place), bounds: boundsOf(schema) };
  // A tuple: the model is told of a list of what all its places may be.
  const shapes = (first as unknown[]).map((item) => read(item, place));
  return { kind: 'list', items: joined(shapes, place.path), bounds: boundsOf(schema) };
}

function readUnion(schema: Json, union: readonly unknown[], at: Place): Shape {
  const beside = without(schema, 'anyOf', 'oneOf');
  const branches = union.map((branch) => resolve(branch, at.root, at.trail, at.path));
  const named = branches.filter((branch) => branch.schema['type'] !== 'null');
  const [only] = named;
  const isNullable = named.length < branches.length;
  if (only === undefined) throw new SchemaRefusal(at.path, 'a type must be given');
  const shapes = named.map((branch) => readBranch(branch, beside, named.length === 1, at));
  const shape = joined(shapes, at.path);
  const description = describe(beside) ?? (named.length === 1 ? shape.description : undefined);
  return { ...shape, description, isNullable: isNullable || shape.isNullable };
}

/** What stands beside a union holds for each of its branches; what it says belongs to the union. */
function readBranch({ schema, trail }: Resolved, beside: Json, isOnly: boolean, at: Place): Shape {
  const rules = without(beside, 'description');
  return read(isOnly ? { ...schema, ...beside } : { ...rules, ...schema }, { ...at, trail });
}

/** One shape that admits what each of several does; the real schema still checks what comes. */
function joined(shapes: readonly Shape[], path: string): Shape {
  const [first, ...others] = shapes;
  if (first === undefined) return { kind: 'text', types: [], description: undefined, isNullable: false };
  if (others.length === 0) return first;
  const isNullable = shapes.some((shape) => shape.isNullable);
  const common = { description: undefined, isNullable };
  const objects = shapes.flatMap((shape) => (shape.kind === 'object' ? [shape] : []));
  if (objects.length === shapes.length) {
    const names = [...new Set(objects.flatMap(({ properties }) => Object.keys(properties)))];
    const properties = names.map((name) => {
      const theirs = objects.flatMap((one) => one.properties[name] ?? []);
      return [name, joined(theirs, path === '' ? name : `${path}.${name}`)] as const;
    });
    const required = names.filter((name) => objects.every((one) => one.required.includes(name)));
    return { ...common, kind: 'object', properties: Object.fromEntries(properties), required };
  }
  const choices = shapes.map((shape) => (shape.kind === 'plain' ? shape.choices : undefined));
  if (choices.every((some) => some !== undefined)) {
    return plainOf([...new Map(choices.flat().map((choice) => [choice.text, choice])).values()], common);
  }
  if (shapes.every((shape) => sameKind(shape, first))) return { ...first, ...common };
  if (shapes.some((shape) => shape.kind === 'object')) {
    throw new SchemaRefusal(path, 'a union of objects with anything else has no plain type');
  }
  return { ...common, kind: 'text', types: shapes.flatMap(typeNames) };
}

function sameKind(one: Shape, other: Shape): boolean {
  if (one.kind === 'list' && other.kind === 'list') return sameKind(one.items, other.items);
  return (
    one.kind === 'plain' &&
    other.kind === 'plain' &&
    one.type === other.type &&
    one.choices === undefined &&
    other.choices === undefined
  );
}

function typeNames(shape: Shape): readonly string[] {
  if (shape.kind === 'plain') return [shape.type];
  return shape.kind === 'text' ? shape.types : [shape.kind === 'list' ? 'array' : 'object'];
}

function readChoices(schema: Json, path: string): Shape {
  const values = schema['const'] === undefined ? (schema['enum'] as readonly unknown[]) : [schema['const']];
  const named = values.filter((value) => value !== null);
  if (named.length === 0 || named.some((value) => typeof value === 'object')) {
    throw new SchemaRefusal(path, 'an enum of anything but plain values has no plain type');
  }
  const choices = named.map((value) => ({ text: String(value as string | number | boolean), value }));
  return plainOf(choices, { description: describe(schema), isNullable: named.length < values.length });
}

/** Values of any plain type are told as texts, and mapped back. */
function plainOf(choices: readonly Choice[], common: Pick<Shape, 'description' | 'isNullable'>): Shape {
  return { ...common, kind: 'plain', type: 'string', choices, bounds: {} };
}

function boundsOf(schema: Json): Bounds {
  return Object.fromEntries(
    BOUNDS.flatMap((keyword) => {
      const bound = schema[keyword];
      // zod writes the range of a double where none was asked for.
      return typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? [[keyword, bound]] : [];
    }),
  );
}

/** What is said of a value, with the rules that the model has no keyword for. */
function describe(schema: Json): string | undefined {
  const { description, format, pattern } = schema;
  const extra = isJson(schema['additionalProperties']) ? schema['additionalProperties']['type'] : undefined;
  const notes = [
    typeof format === 'string' ? `Format: ${format}.` : undefined,
    typeof format !== 'string' && typeof pattern === 'string' && pattern.length <= MAX_PATTERN_CHARS
      ? `Pattern: ${pattern}.`
      : undefined,
    schema['default'] === undefined ? undefined : `If left out: ${JSON.stringify(schema['default'])}.`,
    typeof extra === 'string' && schema['properties'] === undefined
      ? `Names of your choice, each with a ${extra}.`
      : undefined,
  ].filter((note) => note !== undefined);
  const said = typeof description === 'string' && description.trim() !== '' ? [description.trim()] : [];
  const words = [...said, ...notes].map((part) => (/[.!?]$/.test(part) || notes.length === 0 ? part : `${part}.`));
  return words.length === 0 ? undefined : words.join(' ');
}

function inside(at: Place, name: string): Place {
  return { ...at, path: at.path === '' ? name : `${at.path}.${name}`, depth: at.depth + 1 };
}
