import { MachineWatch, verdict } from '../../../../testbed/programs/demo/machine';
import type { Figure } from '../../../../testbed/programs/demo/measure';

const late = (value: number): Figure => ({
  name: 'audio packets late',
  value,
  unit: '',
  limit: { atMost: 60 },
  stallMsEach: 20,
});
const answer = (value: number): Figure => ({ name: 'answer', value, unit: 'ms', limit: { atMost: 4_000 } });
const lost: Figure = { name: 'audio packets lost', value: 1, unit: '', limit: { atMost: 0 } };
const likeness: Figure = { name: 'likeness', value: 40, unit: '%', limit: { atLeast: 90 } };

test.each<[string, Figure[], number, ReturnType<typeof verdict>]>([
  ['all is well on an idle machine', [late(0), answer(900)], 0, 'right'],
  ['all is well on a busy machine', [late(60), answer(3_900)], 9_000, 'right'],
  ['packets are late and the machine stood still for as long', [late(90), answer(900)], 700, 'machine-was-busy'],
  ['packets are late and the machine was idle', [late(90), answer(900)], 80, 'wrong'],
  ['an answer is late by what the machine took', [answer(4_400)], 500, 'machine-was-busy'],
  ['an answer is later than the machine can account for', [answer(9_000)], 500, 'wrong'],
  ['an answer never came', [answer(Infinity)], 5_000, 'wrong'],
  ['one is the machine, the other the bot', [late(90), lost], 5_000, 'wrong'],
  ['sound was damaged', [likeness], 5_000, 'wrong'],
])('W8: %s', (_what, figures, stalledMs, expected) => {
  expect(verdict(figures, stalledMs)).toBe(expected);
});

test.each([
  ['a bot that runs', process.pid],
  ['one that is gone', 0],
])('W8: the watch tells for how long the machine kept %s waiting, in a number of ms', async (_which, pid) => {
  expect(await new MachineWatch(pid).stop()).toBeGreaterThanOrEqual(0);
});
