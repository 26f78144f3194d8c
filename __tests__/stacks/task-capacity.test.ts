import { withCapacity } from '../../stacks/task-capacity';

const calls = (transport: 'daily' | 'webrtc', cpu: number, callsPerTask?: number): number =>
  withCapacity({ transport, task: { cpu }, bot: { callsPerTask } }).bot.callsPerTask;

describe('how many calls a task takes', () => {
  it.each([
    ['daily', 256, 1],
    ['daily', 512, 3],
    ['daily', 1024, 6],
    ['daily', 2048, 12],
    ['daily', 4096, 24],
    ['webrtc', 256, 6],
    ['webrtc', 1024, 25],
  ] as const)('through %s with %i units of CPU is %i', (transport, cpu, expected) => {
    expect(calls(transport, cpu)).toBe(expected);
  });

  it('is no more than one thread serves, however many processors a task has', () => {
    expect([calls('daily', 16_384), calls('webrtc', 16_384)]).toEqual([25, 25]);
  });

  it('is what the settings say, where they do', () => {
    expect(calls('daily', 1024, 40)).toBe(40);
  });
});
