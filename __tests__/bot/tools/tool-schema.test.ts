import { z } from 'zod';
import { BotError } from '../../../bot/errors';
import { defineTool } from '../../../bot/tools/tool';
import { ToolRunner } from '../../../bot/tools/tool-runner';
import { FakeClock } from '../../support/fake-clock';
import { requestOf } from './support/requests';

const runnerOf = (...schemas: z.ZodType[]): ToolRunner =>
  new ToolRunner(
    schemas.map((schema, index) =>
      defineTool({
        name: `tool_${index}`,
        description: '',
        schema,
        timeoutMs: 1_000,
        run: (args) => Promise.resolve({ args }),
      }),
    ),
    new FakeClock(),
  );
const described = (schema: z.ZodType): unknown => runnerOf(schema).describe()[0]?.inputSchema;

describe("a tool's arguments as the live model takes them", () => {
  it('carries none of the keywords that the service refuses', () => {
    const schema = z
      .object({
        place: z.string().default('Paris').meta({ title: 'Place' }),
        when: z.strictObject({ day: z.string() }),
      })
      .meta({ title: 'Arguments' });
    const json = JSON.stringify(described(schema));
    for (const refused of ['$schema', 'additionalProperties', 'title', 'default']) expect(json).not.toContain(refused);
    expect(described(schema)).toEqual({
      type: 'object',
      properties: {
        place: { type: 'string', description: 'If left out: "Paris".' },
        when: { type: 'object', properties: { day: { type: 'string' } }, required: ['day'] },
      },
      required: ['when'],
    });
  });

  it('makes what may be null a property that is not required', () => {
    expect(described(z.object({ note: z.string().nullable(), count: z.number() }))).toEqual({
      type: 'object',
      properties: { note: { type: 'string' }, count: { type: 'number' } },
      required: ['count'],
    });
  });

  it('makes a constant an enum of one, and keeps bounds, lists and enums', () => {
    expect(
      described(z.object({ kind: z.literal('a'), size: z.enum(['s', 'l']), tags: z.array(z.string()).max(3) })),
    ).toEqual({
      type: 'object',
      properties: {
        kind: { type: 'string', enum: ['a'] },
        size: { type: 'string', enum: ['s', 'l'] },
        tags: { type: 'array', items: { type: 'string' }, maxItems: 3 },
      },
      required: ['kind', 'size', 'tags'],
    });
  });

  it.each([
    [
      'an object or a text',
      z.object({ who: z.object({ id: z.union([z.string(), z.object({ a: z.string() })]) }) }),
      'its argument who.id: a union of objects',
    ],
    ['what must not be', z.object({ x: z.never() }), 'its argument x: "not"'],
    ['no object', z.string(), 'its arguments: they must be an object'],
  ])('refuses %s at start, with tool, path and rule', (_what, schema, rule) => {
    expect(() => runnerOf(schema)).toThrow(BotError);
    expect(() => runnerOf(schema)).toThrow(`The tool tool_0 cannot be given to the model: ${rule}`);
  });

  it('refuses two tools of one name', () => {
    const tool = defineTool({ name: 'twin', description: '', schema: z.object({}), timeoutMs: 1, run: async () => 1 });
    expect(() => new ToolRunner([tool, tool], new FakeClock())).toThrow('Two tools are named twin.');
  });
});

describe('what the live model writes as arguments', () => {
  const run = (schema: z.ZodType, argumentsJson: string) =>
    runnerOf(schema).run(requestOf('tool_0', argumentsJson), new AbortController().signal);

  it('unwraps JSON in JSON', async () => {
    const answer = await run(z.object({ a: z.number() }), JSON.stringify('{"a":1}'));
    expect(JSON.parse(answer.json)).toEqual({ args: { a: 1 } });
  });

  it('takes what was left out for null where null is allowed', async () => {
    const schema = z.object({ note: z.string().nullable(), inner: z.object({ x: z.number().nullable() }) });
    expect(JSON.parse((await run(schema, '{"inner":{}}')).json)).toEqual({ args: { note: null, inner: { x: null } } });
  });

  it('still refuses what is missing and may not be null', async () => {
    expect((await run(z.object({ a: z.number() }), '{}')).outcome).toBe('tool_arguments_invalid');
  });
});

describe('what the live model takes as a result', () => {
  it.each([
    ['text', 'sunny', { result: 'sunny' }],
    ['a list', [1, 2], { result: [1, 2] }],
    ['a number', 3, { result: 3 }],
    ['nothing', undefined, { result: null }],
    ['an object, as it is', { sum: 3 }, { sum: 3 }],
  ])('is an object: %s', async (_what, result, expected) => {
    const tool = defineTool({
      name: 't',
      description: '',
      schema: z.object({}),
      timeoutMs: 1_000,
      run: async () => result,
    });
    const answer = await new ToolRunner([tool], new FakeClock()).run(requestOf('t', ''), new AbortController().signal);
    expect(JSON.parse(answer.json)).toEqual(expected);
  });
});
