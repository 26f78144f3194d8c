import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentsError, defineAgent, handoff, loadAgents } from '../../contract/agent';

const agents: Record<string, unknown> = {
  front: { default: defineAgent({ tools: { bills: handoff({ to: 'back', description: 'Bills.' }) } }) },
  // As a loader of CommonJS hands it over.
  back: { default: { default: defineAgent({ tools: { front: handoff({ to: 'front', description: 'The rest.' }) } }) } },
  empty: {},
  lost: { default: defineAgent({ tools: { away: handoff({ to: 'nobody', description: 'Away.' }) } }) },
};
const load = (...names: string[]) =>
  loadAgents(names, (name) =>
    name in agents ? Promise.resolve(agents[name]) : Promise.reject(new Error('no such file')),
  );

describe('agents are loaded', () => {
  it('in the order in which they are named, then those they can hand a call to, each once', async () => {
    expect((await load('front')).map(({ name }) => name)).toEqual(['front', 'back']);
    expect((await load('back', 'front')).map(({ name }) => name)).toEqual(['back', 'front']);
    expect((await load('front'))[1]!.needs.agents).toEqual(['front']);
  });

  it('or none of them, with every problem said', async () => {
    const problems = await load('empty', '../etc', 'lost').then(
      () => [],
      (error: unknown) => (error as AgentsError).problems,
    );
    expect(problems).toEqual([
      'agents/empty: the default export must be made by defineAgent',
      'agents/../etc: the name of an agent must be 1 to 31 of a-z, 0-9 and "-", beginning with a letter',
      'agents/lost: tools.away.to: agents/nobody/agent.ts cannot be loaded: no such file',
    ]);
  });

  it('from their folders, all that there are', async () => {
    const names = readdirSync(join(__dirname, '../../agents'));
    expect((await loadAgents(names)).map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });
});
