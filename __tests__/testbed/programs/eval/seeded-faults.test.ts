import { findJobs, type Job, servedAgents } from '../../../../testbed/programs/eval/jobs';
import { SEEDED_FAULTS } from '../../../../testbed/programs/eval/seeded-faults';
import { changedText } from '../../../../testbed/programs/eval/seeded-faults/code-change';

const inCode = Object.entries(SEEDED_FAULTS).flatMap(([name, { code }]) =>
  code === undefined ? [] : [{ name, code }],
);

it.each(inCode)('$name has its place in the code', ({ code }) => {
  expect(changedText(code)).toContain(code.becomes);
});

it('a fault whose place is not there says where it has to follow the code', () => {
  const gone = { file: 'bot/call/waiting-sound.ts', is: 'const NOBODY = 1;', becomes: '' };
  expect(() => changedText(gone)).toThrow('bot/call/waiting-sound.ts has 0 times, not once:\n  const NOBODY = 1;');
  const often = { ...gone, is: 'const ' };
  expect(() => changedText(often)).toThrow(/has \d+ times, not once:[^]*code-faults\.ts/);
});

it('there are twenty or more, each with a scenario that is there', () => {
  const jobs = findJobs({ agents: [], only: undefined, mode: 'offline' }) as readonly Job[];
  const ids = jobs.map(({ agent, scenario }) => `${agent}: ${scenario.id}`);
  const finders = Object.values(SEEDED_FAULTS).map(({ foundBy }) => foundBy);
  expect(finders.length).toBeGreaterThanOrEqual(20);
  expect(finders.filter((finder) => !ids.includes(finder))).toEqual([]);
});

it('secrets of all tools are known, also of agents that are handed over to', async () => {
  const jobs = findJobs({ agents: ['clinic'], only: undefined, mode: 'offline' }) as readonly Job[];
  const { agents, secrets } = await servedAgents(jobs);
  expect(agents).toEqual(['clinic', 'billing']);
  expect(secrets).toMatchObject({ CLINIC_KEY: 'not-to-be-seen-clinic_key' });
});
