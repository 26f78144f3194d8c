import { Limits } from '../../../../testbed/fakes/bedrock/limits';
import { UsageMeter } from '../../../../testbed/fakes/bedrock/usage';

const MINUTE = 60_000;

describe('limits of a stream', () => {
  it('lets it live for eight minutes', () => {
    const limits = new Limits(1000, 1);
    limits.audioOpened(1000);
    limits.input(1000 + 8 * MINUTE - 1);
    expect(limits.exceeded(1000 + 8 * MINUTE - 1)).toBeUndefined();
    expect(limits.exceeded(1000 + 8 * MINUTE)).toEqual({
      type: 'modelTimeoutException',
      message: 'Model has timed out in processing the request',
    });
  });

  it('wants audio every 55 seconds once it is open', () => {
    const limits = new Limits(0, 1);
    limits.audioOpened(10_000);
    expect(limits.exceeded(64_999)).toBeUndefined();
    limits.input(60_000);
    expect(limits.exceeded(114_999)).toBeUndefined();
    expect(limits.exceeded(115_000)).toMatchObject({
      type: 'validationException',
      message: expect.stringMatching(
        /^Timed out waiting for audio bytes or interactive content\. .* less than 55 seconds$/,
      ) as string,
    });
  });

  it('waits a minute for any event before that', () => {
    const limits = new Limits(0, 1);
    expect(limits.exceeded(59_999)).toBeUndefined();
    expect(limits.exceeded(60_000)).toEqual({
      type: 'validationException',
      message: 'Timed out waiting for input events',
    });
  });

  it('can be hurried', () => {
    const limits = new Limits(0, 480);
    limits.audioOpened(0);
    expect(limits.exceeded(114)).toBeUndefined();
    expect(limits.exceeded(115)).toBeDefined();
  });
});

describe('usage', () => {
  it('reports totals, and deltas that add up to them', () => {
    const meter = new UsageMeter();
    meter.heardSpeech(16_000);
    meter.readText('12345678');
    expect(meter.report()).toMatchObject({
      delta: { input: { speechTokens: 25, textTokens: 2 }, output: { speechTokens: 0, textTokens: 0 } },
    });
    meter.spoke(2000);
    meter.wroteText(40);
    expect(meter.report()).toEqual({
      delta: { input: { speechTokens: 0, textTokens: 0 }, output: { speechTokens: 50, textTokens: 10 } },
      total: { input: { speechTokens: 25, textTokens: 2 }, output: { speechTokens: 50, textTokens: 10 } },
    });
  });
});
