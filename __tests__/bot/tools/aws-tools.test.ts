import { knowledge, lambda, z } from '../../../contract/agent';
import { agentOf } from './support/agent-of';
import { atEndpoints, fakeLambda, fakeRetrieve, type Invoked } from './support/aws-fake';
import { callFacts } from './support/requests';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const book = lambda({
  description: 'Books.',
  function: 'book:live',
  arguments: z.object({ day: z.string() }),
  variables: ['patient', 'absent'],
  answer: z.object({ booked: z.boolean().optional(), text: z.string().optional() }),
});

async function lambdas(run: (invoked: Invoked, times: number) => unknown, tool = book) {
  const fake = await fakeLambda({ 'book:live': run });
  const restore = atEndpoints({ AWS_ENDPOINT_URL_LAMBDA: fake.origin });
  const agent = await agentOf({ book: tool });
  closing.push(agent.close, restore, fake.close);
  return { ...agent, fake };
}

describe('a Lambda function', () => {
  it('is given arguments, the call, and only the variables that the tool names', async () => {
    const { ask, fake } = await lambdas(() => ({ booked: true, internal: 1 }));
    const call = callFacts({ variables: { patient: 'p-1', other: 'not theirs' } });
    const answer = await ask('book', { day: 'Monday' }, call);
    expect(answer.told).toEqual({ booked: true });
    expect(fake.invoked[0]?.payload).toEqual({
      tool: 'book',
      arguments: { day: 'Monday' },
      call: { id: 'call-1', agent: 'clinic', startedAt: '2026-11-27T12:00:00.000Z' },
      variables: { patient: 'p-1' },
      attempt: 1,
      idempotencyKey: expect.stringMatching(/^call-1-use-\d+$/) as string,
    });
  });

  it.each([
    ['like one behind an API Gateway', { statusCode: 200, body: '{"booked":true}' }, { booked: true }],
    ['with JSON in JSON', JSON.stringify('{"booked":true}'), { booked: true }],
    ['with nothing', '', {}],
  ])('may answer %s', async (_what, answered, told) => {
    const { ask } = await lambdas(() => answered);
    expect((await ask('book', { day: 'Monday' })).told).toEqual(told);
  });

  it('that fails is a failure: its message and trace reach neither model nor log, its type the log', async () => {
    const { ask, log, fake } = await lambdas(() => new TypeError('password is hunter2'));
    const answer = await ask('book', { day: 'Monday' });
    expect(answer).toMatchObject({ outcome: 'tool_failed', mayHaveRun: true });
    expect(answer.json + log.lines.join('')).not.toMatch(/hunter2|secret\.js/);
    expect(log.lines.join('')).toContain('Unhandled: TypeError');
    // It may have booked, so it is not asked again.
    expect(fake.invoked).toHaveLength(1);
  });

  it.each([
    ['is refused by its gateway', { statusCode: 422, body: 'no' }, 'did not accept'],
    ['answers no JSON', 'oops', 'not understood'],
    ['answers megabytes', { text: 'x'.repeat(1_000_000) }, 'not understood'],
    ['answers in another form', { booked: 'maybe' }, 'not understood'],
  ])('%s: the model is told so', async (_what, answered, words) => {
    const { ask } = await lambdas(() => answered);
    expect((await ask('book', { day: 'Monday' })).told['error']).toContain(words);
  });

  it('that is throttled was not run, and is asked once more', async () => {
    const { ask, fake } = await lambdas((_invoked, times) => (times === 1 ? 'throttled' : { booked: true }));
    expect((await ask('book', { day: 'Monday' })).told).toEqual({ booked: true });
    expect(fake.invoked.map(({ payload }) => payload['attempt'])).toEqual([1, 2]);
  });

  it('that does not answer is given up', async () => {
    const { ask, fake } = await lambdas(() => 'hangs', { ...book, timeoutMs: 100 });
    expect((await ask('book', { day: 'Monday' })).outcome).toBe('tool_timed_out');
    expect(fake.invoked.length).toBeLessThanOrEqual(1);
  });

  it('that there is not was not run', async () => {
    const { ask, log } = await lambdas(() => ({}), { ...book, function: 'nobody' });
    expect(await ask('book', { day: 'Monday' })).toMatchObject({ outcome: 'tool_failed', mayHaveRun: false });
    expect(log.lines.join('')).toContain('ResourceNotFoundException');
  });
});

describe('a knowledge base of Bedrock', () => {
  const passage = (text: string, score: number, uri = 's3://pages/prices/2026.pdf') => ({
    content: { type: 'TEXT', text },
    location: { type: 'S3', s3Location: { uri } },
    score,
  });

  async function base(results: readonly unknown[], id = 'ABCDEFGHIJ') {
    const fake = await fakeRetrieve({ ABCDEFGHIJ: results });
    const restore = atEndpoints({ AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: fake.origin });
    const agent = await agentOf({ look_up: knowledge({ knowledgeBase: id, minScore: 0.4 }) });
    closing.push(agent.close, restore, fake.close);
    return { ...agent, fake };
  }

  it('gives three passages of 600 characters at most, and the name of their source', async () => {
    const { ask, fake } = await base([
      passage('A cleaning is 80 euros. '.repeat(60), 0.9),
      passage('b', 0.8),
      passage('c', 0.7),
      passage('d', 0.6),
    ]);
    const { passages } = (await ask('look_up', { question: 'price of a cleaning' })).told as {
      passages: { text: string; source: string }[];
    };
    expect(passages.map(({ source }) => source)).toEqual(['2026.pdf', '2026.pdf', '2026.pdf']);
    expect(passages[0]?.text).toMatch(/^.{590,600}$/);
    expect(JSON.parse(fake.seen[0]?.body ?? '')).toMatchObject({ retrievalQuery: { text: 'price of a cleaning' } });
  });

  it('leaves out what scores too low, and says plainly that nothing was found', async () => {
    const { ask } = await base([passage('b', 0.39)]);
    expect((await ask('look_up', { question: 'x' })).told).toMatchObject({
      passages: [],
      next: expect.stringContaining('Nothing') as string,
    });
  });

  it('that there is not is a failure in words', async () => {
    const { ask, log } = await base([], 'ZZZZZZZZZZ');
    expect((await ask('look_up', { question: 'x' })).told['error']).toBe('The pages could not be searched.');
    expect(log.lines.join('')).toContain('ResourceNotFoundException');
  });
});
