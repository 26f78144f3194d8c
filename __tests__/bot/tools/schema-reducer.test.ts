import fc from 'fast-check';
import { z } from '../../../contract/agent';
import { modelSchema } from '../../../bot/tools/schema/model-schema';

type Json = Record<string, unknown>;

const KNOWN = new Set([
  'type', 'description', 'properties', 'required', 'items', 'enum',
  'minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems',
]); // prettier-ignore

/** Plain types all the way down: what the live service was seen to take. */
function expectPlain(schema: unknown): void {
  const { type, properties = {}, items, enum: choices, required = [], ...rest } = schema as Json;
  expect(['object', 'array', 'string', 'number', 'integer', 'boolean']).toContain(type);
  for (const keyword of Object.keys(rest)) expect(KNOWN).toContain(keyword);
  if (type === 'object') expect(Object.keys(properties as Json)).toEqual(expect.arrayContaining(required as string[]));
  if (type === 'array') expect(items).toBeDefined();
  if (choices !== undefined) for (const choice of choices as unknown[]) expect(typeof choice).toBe('string');
  for (const property of Object.values(properties as Json)) expectPlain(property);
  if (items !== undefined) expectPlain(items);
}

const reduced = (schema: Json): Json => modelSchema(schema, 'tool').inputSchema;
const objectOf = (properties: Json, others: Json = {}): Json => ({ type: 'object', properties, ...others });

describe('what public MCP servers declare', () => {
  it.each<[string, Json, Json]>([
    [
      'references, as of pydantic',
      objectOf(
        {
          unit: { $ref: '#/$defs/Unit' },
          note: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null, title: 'Note' },
        },
        {
          $defs: { Unit: { enum: ['c', 'f'], title: 'Unit', type: 'string' } },
          required: ['unit'],
          title: 'Arguments',
          additionalProperties: false,
        },
      ),
      { unit: { type: 'string', enum: ['c', 'f'] }, note: { type: 'string', description: 'If left out: null.' } },
    ],
    [
      'a tree that stands in itself',
      objectOf(
        { node: { $ref: '#/$defs/Node' } },
        {
          $defs: {
            Node: { type: 'object', properties: { name: { type: 'string' }, child: { $ref: '#/$defs/Node' } } },
          },
        },
      ),
      {
        node: {
          type: 'object',
          properties: {
            name: { type: 'string' },
            child: {
              type: 'object',
              description: 'An object of the same form as the one that it is in.',
              properties: {},
            },
          },
        },
      },
    ],
    [
      'allOf of a base and more',
      objectOf({
        a: {
          allOf: [
            { type: 'object', properties: { x: { type: 'string' } }, required: ['x'] },
            { properties: { y: { type: 'number' } } },
          ],
        },
      }),
      { a: { type: 'object', properties: { x: { type: 'string' }, y: { type: 'number' } }, required: ['x'] } },
    ],
    [
      'objects that differ by their kind',
      objectOf({
        at: {
          oneOf: [
            objectOf({ kind: { const: 'day' }, day: { type: 'string' } }, { required: ['kind', 'day'] }),
            objectOf({ kind: { const: 'in' }, hours: { type: 'integer' } }, { required: ['kind', 'hours'] }),
          ],
        },
      }),
      {
        at: {
          type: 'object',
          properties: {
            kind: { type: 'string', enum: ['day', 'in'] },
            day: { type: 'string' },
            hours: { type: 'integer' },
          },
          required: ['kind'],
        },
      },
    ],
    [
      'several types',
      objectOf({ id: { type: ['string', 'integer'] } }),
      { id: { type: 'string', description: 'A string or integer, as text.' } },
    ],
    [
      'a list of anything',
      objectOf({ tags: { type: 'array' } }),
      { tags: { type: 'array', items: { type: 'string', description: 'Any value, as text.' } } },
    ],
    [
      'an object without properties',
      objectOf({ filter: { type: 'object' } }),
      { filter: { type: 'object', properties: {} } },
    ],
    [
      'a map',
      objectOf({ labels: { type: 'object', additionalProperties: { type: 'string' } } }),
      { labels: { type: 'object', description: 'Names of your choice, each with a string.', properties: {} } },
    ],
    [
      'a date',
      objectOf({ on: { type: 'string', format: 'date', pattern: '^x$', examples: ['2026-01-01'] } }),
      { on: { type: 'string', description: 'Format: date.' } },
    ],
    [
      'numbers to choose from',
      objectOf({ n: { enum: [1, 2, true] } }),
      { n: { type: 'string', enum: ['1', '2', 'true'] } },
    ],
    [
      'a tuple',
      objectOf({ at: { type: 'array', prefixItems: [{ type: 'number' }, { type: 'number' }], items: false } }),
      { at: { type: 'array', items: { type: 'number' } } },
    ],
  ])('%s becomes plain', (_what, schema, properties) => {
    const inputSchema = reduced(schema);
    expectPlain(inputSchema);
    expect(inputSchema['properties']).toEqual(properties);
  });

  it.each<[string, Json, string]>([
    ['no object', { type: 'string' }, 'its arguments: they must be an object'],
    [
      'a contradiction',
      objectOf({ a: { allOf: [{ type: 'string' }, { type: 'number' }] } }),
      'its argument a: "allOf" contradicts itself in "type"',
    ],
    ['a condition', objectOf({ a: { if: {}, then: {} } }), 'its argument a: "if" has no plain type'],
    ['a reference to nowhere', objectOf({ a: { $ref: '#/$defs/None' } }), 'its argument a: "$ref" leads nowhere'],
    [
      'a reference to elsewhere',
      objectOf({ a: { $ref: 'https://evil.example/x.json' } }),
      'its argument a: "$ref" leads to another document',
    ],
    [
      'a reference into what all objects have',
      objectOf({ a: { $ref: '#/constructor' } }),
      'its argument a: "$ref" leads nowhere',
    ],
    ['objects to choose from', objectOf({ a: { enum: [{}] } }), 'its argument a: an enum'],
  ])('%s is refused by tool, argument and rule', (_what, schema, rule) => {
    expect(() => reduced(schema)).toThrow(`The tool tool cannot be given to the model: ${rule}`);
  });
});

describe('what the model writes', () => {
  it.each<[string, z.ZodType, unknown, unknown]>([
    ['a number that was text', z.object({ n: z.union([z.number(), z.boolean()]) }), { n: '12' }, { n: 12 }],
    [
      'a text that looks like a number',
      z.object({ id: z.union([z.string(), z.number()]) }),
      { id: '0012' },
      { id: '0012' },
    ],
    ['a choice among numbers', z.object({ n: z.literal([1, 2]) }), { n: '2' }, { n: 2 }],
    [
      'nothing for null',
      z.object({ list: z.array(z.object({ x: z.string().nullable() })) }),
      { list: [{}] },
      { list: [{ x: null }] },
    ],
    ['JSON in a text', z.object({ any: z.unknown() }), { any: '{"a":1}' }, { any: { a: 1 } }],
  ])('%s is what the schema wants', (_what, schema, given, expected) => {
    const { restore } = modelSchema({ ...z.toJSONSchema(schema, { io: 'input' }) }, 'tool');
    const restored = restore(given);
    expect(restored).toEqual(expected);
    expect(schema.safeParse(restored).success).toBe(true);
  });
});

describe('any schema', () => {
  const { schema } = fc.letrec<{ schema: Json }>((tie) => {
    const inner = tie('schema');
    const description = fc.option(fc.string({ maxLength: 8 }), { nil: undefined });
    const type = fc.constantFrom('string', 'number', 'integer', 'boolean', 'null', 'object', 'array');
    const plain = fc.record(
      { type, description, default: fc.jsonValue(), title: fc.string(), format: fc.constantFrom('date', 'email') },
      { requiredKeys: ['type'] },
    );
    const types = fc.record({ type: fc.uniqueArray(type, { minLength: 1, maxLength: 3 }) });
    const choices = fc.record({
      enum: fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), {
        minLength: 1,
        maxLength: 4,
      }),
    });
    const list = fc.record(
      { type: fc.constant('array'), items: inner, minItems: fc.nat(3) },
      { requiredKeys: ['type'] },
    );
    const object = fc.record(
      {
        type: fc.constant('object'),
        properties: fc.dictionary(fc.string({ minLength: 1, maxLength: 6 }), inner, { maxKeys: 3 }),
        additionalProperties: fc.boolean(),
      },
      { requiredKeys: ['type', 'properties'] },
    );
    const union = fc.oneof(
      fc.array(inner, { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
      fc.array(inner, { minLength: 1, maxLength: 3 }).map((oneOf) => ({ oneOf })),
    );
    const merged = fc.array(inner, { minLength: 1, maxLength: 2 }).map((allOf) => ({ allOf }));
    const reference = fc.constantFrom('#', '#/properties/a', '#/$defs/x', '#/nowhere').map(($ref) => ({ $ref }));
    return {
      schema: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        plain,
        types,
        choices,
        reference,
        list,
        object,
        union,
        merged,
      ),
    };
  });

  it('becomes plain types or is refused with a rule: nothing else is thrown, and a circle ends', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 6 }), schema, { maxKeys: 3 }), schema, (properties, other) => {
        let inputSchema: Json;
        try {
          inputSchema = reduced({ type: 'object', properties: { ...properties, a: other }, $defs: { x: other } });
        } catch (error) {
          expect((error as Error).message).toMatch(/^The tool tool cannot be given to the model: its argument/);
          return;
        }
        expectPlain(inputSchema);
      }),
      { numRuns: 300 },
    );
  });

  it('gives back arguments that fit it as they were', () => {
    const shapes = fc.record({
      s: fc.string(),
      n: fc.double({ noNaN: true, noDefaultInfinity: true }),
      list: fc.array(fc.boolean()),
      o: fc.record({ x: fc.constantFrom('a', 'b') }),
    });
    const given = z.object({
      s: z.string(),
      n: z.number(),
      list: z.array(z.boolean()),
      o: z.object({ x: z.enum(['a', 'b']) }),
    });
    const { restore } = modelSchema({ ...z.toJSONSchema(given, { io: 'input' }) }, 'tool');
    fc.assert(
      fc.property(shapes, (value) => expect(restore(value)).toEqual(value)),
      { numRuns: 50 },
    );
  });
});
