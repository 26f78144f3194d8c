import { type EvalOptions, parseOptions } from '../../../../testbed/programs/eval/options';

const parsed = (...argv: string[]): EvalOptions => parseOptions(argv) as EvalOptions;

it('holds more calls at once where no account has to carry them, as most of them wait', () => {
  expect(parsed('clinic')).toMatchObject({ mode: 'offline', agents: ['clinic'], concurrency: 6 });
  expect(parsed('--mode', 'live').concurrency).toBe(4);
  expect(parsed('--mode', 'replay')).toMatchObject({ mode: 'replay', concurrency: 10 });
  expect(parsed('--mode', 'replay', '-c', '2').concurrency).toBe(2);
});

it.each([
  [['--mode', 'sometimes'], '--mode must be offline, replay or live'],
  [['--mode', 'replay', '--record-cassettes'], 'not with --mode replay'],
  [['--seeded-faults', '--record-cassettes'], 'not with --seeded-faults'],
  [['--simulator-model', 'm'], '--simulator-model is for --mode live'],
  [['--mode', 'live', '--simulator-model', 'm'], 'whom --judge-model has to judge'],
  [['-k', 'persona'], '--kind must be script or simulation'],
  [['--no-cache'], '--no-cache is for --mode live'],
  [['--dialect', 'old'], '--dialect must be'],
  [['-r', '0'], '--repeat must be a number from 1 to 1000'],
])('%j is refused', (argv, words) => {
  expect(() => parseOptions(argv)).toThrow(words);
});

it('takes verdicts of earlier runs unless it is told not to', () => {
  expect(parsed('--mode', 'live').keepsVerdicts).toBe(true);
  expect(parsed('--mode', 'live', '--no-cache').keepsVerdicts).toBe(false);
});
