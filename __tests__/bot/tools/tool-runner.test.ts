import { z } from 'zod';
import { defineTool } from '../../../bot/tools/tool';
import { ToolRunner } from '../../../bot/tools/tool-runner';
import { FakeClock, settle } from '../../support/fake-clock';
import { requestOf } from './support/requests';

const add = defineTool({
  name: 'add',
  description: 'Adds.',
  schema: z.object({ a: z.number(), b: z.number() }),
  timeoutMs: 1_000,
  run: ({ a, b }) => Promise.resolve({ sum: a + b }),
});
const never = defineTool({
  name: 'never',
  description: 'Never answers.',
  schema: z.object({}),
  timeoutMs: 2_000,
  run: () => new Promise(() => undefined),
});
const broken = defineTool({
  name: 'broken',
  description: 'Throws.',
  schema: z.object({}),
  timeoutMs: 1_000,
  run: () => {
    throw new Error('password=hunter2');
  },
});
const chatty = defineTool({
  name: 'chatty',
  description: 'Too long.',
  schema: z.object({}),
  timeoutMs: 1_000,
  run: () => Promise.resolve('x'.repeat(10_000)),
});

function setup() {
  const clock = new FakeClock();
  const runner = new ToolRunner([add, never, broken, chatty], clock);
  const run = (name: string, argumentsJson: string, signal = new AbortController().signal) =>
    runner.run(requestOf(name, argumentsJson), signal);
  return { clock, runner, run };
}

describe('tools the model may call', () => {
  it('runs a tool with checked arguments', async () => {
    expect(await setup().run('add', '{"a":1,"b":2}')).toMatchObject({ outcome: 'ok', json: '{"sum":3}' });
  });

  it('describes each tool as JSON Schema', () => {
    const description = setup().runner.describe()[0];
    expect(description).toMatchObject({ name: 'add', inputSchema: { type: 'object', required: ['a', 'b'] } });
  });

  it.each([
    ['nothing', '{"a":1,"b":2}', 'tool_unknown'],
    ['add', '{"a":1', 'tool_arguments_invalid'],
    ['add', '{"a":"1","b":2}', 'tool_arguments_invalid'],
    ['add', '[]', 'tool_arguments_invalid'],
    ['broken', '{}', 'tool_failed'],
    ['chatty', '{}', 'tool_failed'],
  ])('answers %s %s with %s, in words the model can speak of', async (name, args, outcome) => {
    const answer = await setup().run(name, args);
    expect(answer.outcome).toBe(outcome);
    expect(JSON.parse(answer.json)).toEqual({
      error: expect.any(String) as string,
      next: expect.any(String) as string,
    });
    expect(answer.json).not.toContain('hunter2');
  });

  it('names the argument and the rule that it broke', async () => {
    expect((await setup().run('add', '{"a":1}')).json).toContain('b: ');
  });

  it('gives up on a tool that takes too long', async () => {
    const { clock, run } = setup();
    const answer = run('never', '{}');
    await settle();
    clock.advance(2_000);
    expect(await answer).toMatchObject({ outcome: 'tool_timed_out', durationMs: 2_000 });
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives up when the call ends, and leaves no timer', async () => {
    const { clock, run } = setup();
    const controller = new AbortController();
    const answer = run('never', '{}', controller.signal);
    await settle();
    controller.abort();
    expect((await answer).outcome).toBe('tool_failed');
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a tool that is offered', () => {
  it('is refused where it may take longer than its stream lives', () => {
    const slow = defineTool({ ...never, name: 'patient', timeoutMs: 40_000 });
    expect(() => new ToolRunner([slow], new FakeClock())).toThrow(
      'The tool patient cannot be given to the model: timeoutMs must be at most 35000.',
    );
  });

  it('has its schema made once, however often it is called', async () => {
    let made = 0;
    const schema = z.object({ a: z.number() });
    const counted = new Proxy(schema, {
      get(target, key, receiver) {
        if (key === '_zod') made += 1;
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    const tool = defineTool({ ...add, name: 'counted', schema: counted, run: () => Promise.resolve({}) });
    const runner = new ToolRunner([tool], new FakeClock());
    const call = () => runner.run(requestOf('counted', '{"a":1}'), new AbortController().signal);
    await call();
    const afterOne = made;
    await call();
    const perCall = made - afterOne;
    // What is left is the check of the arguments; a schema takes several looks at each of its parts.
    expect(perCall).toBeLessThan(3);
  });

  it('has no name in what it answers: the model would speak it', async () => {
    const { clock, run } = setup();
    const late = run('never', '{}');
    await settle();
    clock.advance(2_000);
    for (const answer of [await late, await run('broken', '{}'), await run('add', '{}')]) {
      expect(answer.json).not.toMatch(/never|broken|\badd\b/);
    }
  });
});
