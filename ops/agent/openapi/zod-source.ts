import { type ApiDocument, at, isJson, type Json, listAt, refusal, textAt } from './document';
import { lineOf } from './operations';

/** Deeper, a model writes nothing right, and speaks of nothing. */
const MAX_DEPTH = 5;
const MAX_NODES = 300;
const MAX_CHOICES = 40;
const DESCRIPTION_CHARS = 160;
/** What an object literal takes as the name of a property and no prototype has. */
const PLAIN_NAME = /^(?!__proto__$)[A-Za-z_$][\w$]*$/;

/** A place in a schema. `direction`: what the model writes must be exact; what an API answers is taken as it comes. */
export interface SchemaPlace {
  readonly path: string;
  readonly direction: 'asked' | 'answered';
  readonly trail: readonly string[];
  readonly depth: number;
  /** Shared by all places of one schema. */
  readonly budget: { nodes: number };
}

export const placeOf = (path: string, direction: SchemaPlace['direction']): SchemaPlace => ({
  path,
  direction,
  trail: [],
  depth: 0,
  budget: { nodes: MAX_NODES },
});

const inside = (place: SchemaPlace, key: string): SchemaPlace => ({
  ...place,
  path: `${place.path}.${key}`,
  depth: place.depth + 1,
});

/** Writes JSON Schema as the source of a zod schema. @throws OpsError `definition_invalid` for what cannot be asked of a model */
export function zodSource(document: ApiDocument, found: unknown, from: SchemaPlace): string {
  if (found === true || found === undefined) return 'z.unknown()';
  if ((from.budget.nodes -= 1) < 0 || from.depth > MAX_DEPTH) return orUnknown(from, 'is too deep, or too large');
  const { value, trail } = document.resolve(found, from.path, from.trail);
  if (new Set(trail).size < trail.length) return orUnknown(from, 'must not hold itself');
  const place = { ...from, trail };
  const schema = merged(document, value, place);
  const types = [at(schema, 'type')].flat().filter((type) => typeof type === 'string');
  const isNullable = types.includes('null') || at(schema, 'nullable') === true;
  const source = base(
    document,
    schema,
    types.find((type) => type !== 'null'),
    place,
  );
  const described = place.direction === 'asked' ? lineOf(textAt(schema, 'description'), DESCRIPTION_CHARS) : '';
  return `${source}${isNullable ? '.nullable()' : ''}${described === '' ? '' : `.describe(${JSON.stringify(described)})`}`;
}

function base(document: ApiDocument, schema: Json, type: string | undefined, place: SchemaPlace): string {
  const isAsked = place.direction === 'asked';
  const choices = at(schema, 'const') === undefined ? listAt(schema, 'enum') : [at(schema, 'const')];
  if (isAsked && choices.length > 0) return choicesSource(choices, place);
  for (const keyword of ['oneOf', 'anyOf']) {
    const variants = listAt(schema, keyword).filter((one) => textAt(one, 'type') !== 'null');
    if (variants.length > 0) return unionSource(document, variants, inside(place, keyword));
  }
  switch (type ?? (isJson(at(schema, 'properties')) ? 'object' : isJson(at(schema, 'items')) ? 'array' : undefined)) {
    case 'object':
      return objectSource(document, schema, place);
    case 'array':
      return `z.array(${zodSource(document, at(schema, 'items'), inside(place, 'items'))})${isAsked ? bounds(schema, 'minItems', 'maxItems') : ''}`;
    case 'string':
      return `z.string()${isAsked ? bounds(schema, 'minLength', 'maxLength') : ''}`;
    case 'integer':
      return isAsked ? `z.int()${bounds(schema, 'minimum', 'maximum')}` : 'z.number()';
    case 'number':
      return `z.number()${isAsked ? bounds(schema, 'minimum', 'maximum') : ''}`;
    case 'boolean':
      return 'z.boolean()';
    default:
      return 'z.unknown()';
  }
}

/** The properties of an object by name, and which of them must be there. */
export function propertiesOf(schema: Json): {
  readonly entries: readonly (readonly [string, unknown])[];
  readonly required: readonly unknown[];
} {
  const properties = at(schema, 'properties');
  return { entries: isJson(properties) ? Object.entries(properties) : [], required: listAt(schema, 'required') };
}

function objectSource(document: ApiDocument, schema: Json, place: SchemaPlace): string {
  const { entries, required } = propertiesOf(schema);
  const isAsked = place.direction === 'asked';
  const hidden = isAsked ? 'readOnly' : 'writeOnly';
  const fields = entries
    .filter(([name, one]) => PLAIN_NAME.test(name) && at(one, hidden) !== true)
    .map(([name, one]) => {
      const source = zodSource(document, one, inside(place, `properties.${name}`));
      return `${name}: ${source}${required.includes(name) ? '' : '.optional()'}`;
    });
  return fields.length === 0 ? 'z.record(z.string(), z.unknown())' : `z.object({ ${fields.join(', ')} })`;
}

function choicesSource(choices: readonly unknown[], place: SchemaPlace): string {
  const values = choices.filter((one) => one !== null);
  if (!values.every((one) => ['string', 'number', 'boolean'].includes(typeof one))) {
    throw refusal(`${place.path}.enum`, 'must be texts or numbers');
  }
  if (values.length > MAX_CHOICES) return 'z.string()';
  const isText = values.every((one) => typeof one === 'string');
  return `z.${isText ? 'enum' : 'literal'}(${JSON.stringify(values)})`;
}

/** What is asked is one of the variants; of what is answered, each may have any property of them all. */
function unionSource(document: ApiDocument, variants: readonly unknown[], place: SchemaPlace): string {
  const [only] = variants;
  if (variants.length === 1) return zodSource(document, only, place);
  if (place.direction === 'asked') {
    return `z.union([${variants.map((one, index) => zodSource(document, one, inside(place, String(index)))).join(', ')}])`;
  }
  const objects = variants.map((one) => merged(document, document.resolve(one, place.path, place.trail).value, place));
  if (!objects.every((one) => isJson(at(one, 'properties')))) return 'z.unknown()';
  const all = Object.fromEntries(objects.flatMap((one) => propertiesOf(one).entries));
  return objectSource(document, { properties: all }, place);
}

/** `allOf` as one schema: the properties of all, and all that must be there. */
export function merged(document: ApiDocument, schema: Json, place: SchemaPlace): Json {
  const parts = listAt(schema, 'allOf');
  if (parts.length === 0) return schema;
  if (place.depth > MAX_DEPTH) return {};
  const { allOf: _, ...rest } = schema;
  const resolved = parts.map((one, index) => {
    const at_ = inside(place, `allOf.${index}`);
    const { value, trail } = document.resolve(one, at_.path, place.trail);
    if (new Set(trail).size < trail.length) throw refusal(at_.path, 'must not hold itself');
    return merged(document, value, { ...at_, trail });
  });
  const all = [...resolved, rest];
  const properties = Object.fromEntries(all.flatMap((one) => propertiesOf(one).entries));
  const required = all.flatMap((one) => propertiesOf(one).required);
  const isObject = Object.keys(properties).length > 0;
  return { ...Object.assign({}, ...all), ...(isObject ? { type: 'object', properties, required } : {}) } as Json;
}

function orUnknown({ path, direction }: SchemaPlace, rule: string): string {
  if (direction === 'answered') return 'z.unknown()';
  throw refusal(path, `${rule}: a model cannot be asked for it`);
}

function bounds(schema: Json, least: string, most: string): string {
  return [['min', least] as const, ['max', most] as const]
    .map(([call, key]) => [call, at(schema, key)] as const)
    .flatMap(([call, value]) => (typeof value === 'number' && Number.isFinite(value) ? [`.${call}(${value})`] : []))
    .join('');
}
