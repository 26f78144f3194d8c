import { BotError } from '../../../bot/errors';
import { testTelemetry } from '../../support/telemetry';

describe('a log line', () => {
  it('is JSON with level, time, version, the fields of its call and a constant message', () => {
    const telemetry = testTelemetry();
    telemetry.logger.child({ callId: 'c-1' }).info({ turns: 3 }, 'call ended');
    const [line] = telemetry.logged();
    expect(line).toMatchObject({ level: 'info', version: 'test', callId: 'c-1', turns: 3, msg: 'call ended' });
    expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('hides what never belongs in a log, up to three levels deep', () => {
    const telemetry = testTelemetry();
    const secrets = {
      authorization: 's1',
      'x-api-key': 's2',
      apiKey: 's3',
      secretAccessKey: 's4',
      sdp: 's5',
      text: 's6',
    };
    telemetry.logger.info({ ...secrets, one: { ...secrets, two: secrets } }, 'careless');
    expect(telemetry.lines[0]).not.toMatch(/"s\d"/);
    expect(telemetry.lines[0]?.match(/\[redacted\]/g)).toHaveLength(18);
  });

  it('below its level is not written', () => {
    const telemetry = testTelemetry();
    telemetry.logger.debug({ a: 1 }, 'detail');
    expect(telemetry.lines).toEqual([]);
  });
});

describe('an error in a log line', () => {
  it('of ours has code and message, and of its causes the names and codes', () => {
    const telemetry = testTelemetry();
    const socket = Object.assign(new Error('connect to 10.0.0.1 with password x'), { code: 'ECONNREFUSED' });
    const err = new BotError('model_unreachable', 'Bedrock cannot be reached.', {
      cause: new TypeError('t', { cause: socket }),
    });
    telemetry.logger.warn({ err }, 'model lost');
    expect(telemetry.logged()[0]?.['err']).toEqual({
      name: 'BotError',
      code: 'model_unreachable',
      message: 'Bedrock cannot be reached.',
      causes: ['TypeError', 'Error(ECONNREFUSED)'],
    });
    expect(telemetry.lines[0]).not.toContain('password');
  });

  it('of a library has no message, because it may quote what somebody said, but says where it was thrown', () => {
    const telemetry = testTelemetry();
    const parse = (): unknown => JSON.parse('{"said": my secret');
    let caught: unknown;
    try {
      parse();
    } catch (error) {
      caught = error;
    }
    telemetry.logger.error({ err: caught }, 'not understood');
    const [{ err } = {}] = telemetry.logged() as { err: { name: string; at: string[] } }[];
    expect(err?.name).toBe('SyntaxError');
    expect(err?.at.join()).toContain('logger.test.ts');
    expect(telemetry.lines[0]).not.toContain('secret');
  });

  it('shows a foreign message at trace and debug', () => {
    const telemetry = testTelemetry('trace');
    telemetry.logger.error({ err: new RangeError('out of range') }, 'failed');
    expect(telemetry.logged()[0]?.['err']).toMatchObject({ message: 'out of range' });
  });

  it.each([
    ['alone', (err: unknown) => [err]],
    ['as the only field', (err: unknown) => [{ err }]],
  ])('logged %s without a message does not lend its own', (_how, args) => {
    const telemetry = testTelemetry();
    const [first] = args(new Error('secret text\n    at /forged/frame.ts:1:1'));
    telemetry.logger.error(first);
    expect(telemetry.lines[0]).not.toMatch(/secret|forged/);
    expect(telemetry.logged()[0]).toMatchObject({ msg: 'no message given', err: { name: 'Error' } });
  });

  it.each([['a string'], [{ name: 'object' }], [undefined], [42]])('may be anything that was thrown: %o', (thrown) => {
    const telemetry = testTelemetry();
    telemetry.logger.error({ err: thrown, x: 1 }, 'thrown');
    expect(telemetry.logged()[0]).toMatchObject({ msg: 'thrown', x: 1 });
    expect(telemetry.lines[0]).not.toContain('a string');
  });

  it('survives causes without end', () => {
    const telemetry = testTelemetry();
    const error = new Error('loop');
    error.cause = error;
    telemetry.logger.error({ err: error }, 'loop');
    expect((telemetry.logged()[0]!['err'] as { causes: string[] }).causes).toHaveLength(5);
  });
});
