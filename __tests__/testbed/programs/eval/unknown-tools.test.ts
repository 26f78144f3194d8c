import path from 'node:path';
import type { ServedAgent } from '../../../../contract/agent';
import type { Script } from '../../../../evals/scenario';
import { unknownTools } from '../../../../testbed/programs/eval/unknown-tools';

const FILE = path.join(__dirname, '../../../../agents/clinic/scenarios/appointment.yaml');
const served = (tools: Readonly<Record<string, unknown>>): readonly ServedAgent[] => [
  { name: 'clinic', definition: { tools }, needs: {} } as unknown as ServedAgent,
];
const script = (nova: Script['nova'], turn: Script['turns'][number]['nova'] = {}): { scenario: Script } => ({
  scenario: { kind: 'script', id: 'a/b', name: 'b', file: FILE, turns: [{ expect: [], nova: turn }], nova },
});
const MOCK = { mock: 'live' } as const;
const TOOLS = { find_slot: { kind: 'code' }, book: { kind: 'http' } };

it('a tool that is mocked or counted and that no agent has is told, with the one that was meant', () => {
  const jobs = [
    script({ tools: { find_slto: MOCK }, expect: { calls_total: { book: 1 } } }),
    script({ expect: { effects_total: { bok: 0 }, calls_total: { hang_up: 0 } } }),
    script({}, { tools: { constructor: MOCK } }),
  ];
  expect(unknownTools(jobs, served(TOOLS))).toEqual([
    `${FILE}:1: b: tools.find_slto: no agent here has such a tool; did you mean find_slot?`,
    `${FILE}:1: b: calls_total.hang_up: no agent here has such a tool`,
    `${FILE}:1: b: effects_total.bok: no agent here has such a tool; did you mean book?`,
    `${FILE}:1: b: tools.constructor: no agent here has such a tool`,
  ]);
  expect(unknownTools([script({ tools: { find_slot: MOCK } })], served(TOOLS))).toEqual([]);
});

it('what a server of MCP offers has the names that its declaration gives it', () => {
  const desk = served({ desk: { kind: 'mcp', tools: { look_up_bill: 'get_bill' } } });
  expect(unknownTools([script({ tools: { look_up_bill: MOCK } })], desk)).toEqual([]);
  expect(unknownTools([script({ tools: { get_bill: MOCK } })], desk)).toEqual([
    `${FILE}:1: b: tools.get_bill: no agent here has such a tool`,
  ]);
});
