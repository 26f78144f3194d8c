import { z } from 'zod';
import { mocked } from '../../../bot/tools/mocked';
import type { Tool, ToolContext } from '../../../bot/tools/tool';
import { ToolMocks } from '../../../testbed/programs/eval/tool-mocks';

const own: Tool = {
  name: 'book',
  description: 'Books.',
  schema: z.object({ day: z.string() }),
  timeoutMs: 1_000,
  run: () => Promise.resolve({ booked: 'really' }),
};
const signal = new AbortController().signal;
const context = { agent: 'clinic', callId: 'c', signal, idempotencyKey: 'c-tool-1' } as ToolContext;

describe('a tool that a local server may answer for', () => {
  let mocks: ToolMocks;
  beforeAll(async () => {
    mocks = await ToolMocks.open();
  });
  afterAll(() => mocks.close());

  const run = (): Promise<unknown> => mocked(own, mocks.url).run({ day: 'Monday' }, context);

  it('runs itself where the server has nothing to say, and is counted', async () => {
    mocks.use({});
    expect(await run()).toEqual({ booked: 'really' });
    expect(mocks.effects).toEqual({ book: 1 });
  });

  it("gives the server's result, or its failure", async () => {
    mocks.use({ book: { mock: 'offline', result: { booked: 'not really' } } });
    expect(await run()).toEqual({ booked: 'not really' });
    mocks.use({ book: { mock: 'offline', error: 'The book is closed.' } });
    await expect(run()).rejects.toMatchObject({ code: 'tool_failed', message: 'The book is closed.' });
  });

  it('gets what it answered when it was recorded, unless it is mocked', async () => {
    const recorded = new Map([['tool-1', { booked: 'then' }]]);
    mocks.use({}, recorded);
    expect(await run()).toEqual({ booked: 'then' });
    mocks.use({ book: { mock: 'offline', result: { booked: 'not really' } } }, recorded);
    expect(await run()).toEqual({ booked: 'not really' });
    mocks.use({}, new Map([['tool-2', {}]]));
    expect(await run()).toEqual({ booked: 'really' });
  });

  it('that hangs ends with its time', async () => {
    mocks.use({ book: { mock: 'offline', hangs: true } });
    const giveUp = new AbortController();
    const running = mocked(own, mocks.url).run({ day: 'Monday' }, { ...context, signal: giveUp.signal });
    giveUp.abort(new Error('too long'));
    await expect(running).rejects.toThrow('too long');
  });
});
