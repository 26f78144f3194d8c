import { startFakeBedrock, type FakeBedrock } from '../../../../../testbed/fakes/bedrock/server';
import { SonicClient, TIME_TOOL, type OutputEvent } from '../../../../../testbed/clients/bedrock/sonic-client';
import { isText, murmur } from './support';

const NOON = isText(/^\s*Noon\.$/);
const isToolUse = ({ name }: OutputEvent): boolean => name === 'toolUse';

/** Answers every tool use, until the result is spoken of. */
async function answerTools(client: SonicClient): Promise<void> {
  const answered = new Set<unknown>();
  const waiting = (event: OutputEvent): boolean => isToolUse(event) && !answered.has(event.body['toolUseId']);
  for (;;) {
    const next = await client.until((event) => waiting(event) || NOON(event));
    if (!isToolUse(next)) return;
    answered.add(next.body['toolUseId']);
    client.toolResult(String(next.body['toolUseId']), '{"spoken":"Noon."}');
  }
}

let sandbox: FakeBedrock;

afterEach(() => sandbox.close());

describe('any mixture', () => {
  it.each([1, 2, 3])('of seed %i leaves a way to an answer and to a clean end', async (mix) => {
    const log: Record<string, unknown>[] = [];
    const behaviours = { trouble: 'none' } as const;
    const options = { mix, behaviours, speechScale: 20, log: (line: Record<string, unknown>) => log.push(line) };
    sandbox = await startFakeBedrock({ voice: 'tone', ...options });
    const call = async (): Promise<Error | undefined> => {
      const client = new SonicClient({ url: sandbox.url }).openFed({ tools: [TIME_TOOL] });
      client.speak(murmur(800)).silence(700);
      await client.until(isText(/^I heard/));
      // What is typed while it speaks may go without an answer.
      const session = sandbox.sessions.at(-1);
      await sandbox.waitForSession((one) => one === session && !one.speaking);
      client.silence(100).type('What time is it in Paris?');
      await answerTools(client);
      client.endPolitely();
      return (await client.finished).error;
    };
    const errors: (Error | undefined)[] = [];
    for (let nth = 0; nth < 5; nth += 1) errors.push(await call());
    expect(errors).toEqual(new Array(5).fill(undefined));
    expect(log.filter(({ msg }) => msg === 'internal error')).toEqual([]);
  });
});
