import { answeredByOf, Verdicts } from '../../../../bot/phone/outgoing/answered-by';
import { Idempotency } from '../../../../bot/phone/outgoing/idempotency';
import { FakeClock } from '../../../support/fake-clock';

const clock = (): FakeClock => new FakeClock();

describe('who answered', () => {
  it.each([
    ['human', 'human'],
    ['machine_start', 'machine'],
    ['fax', 'machine'],
    ['machine_end_beep', 'machine-waits'],
    ['machine_end_other', 'machine-waits'],
    ['unknown', 'unknown'],
    ['something new', 'unknown'],
  ])('%s is %s', (said, by) => {
    expect(answeredByOf(said)).toBe(by);
  });

  it('is told while it is waited for, once', async () => {
    const verdicts = new Verdicts(clock());
    const waited = verdicts.of('CA1', new AbortController().signal);
    expect(verdicts.tell('CA1', 'human')).toBe(true);
    expect(await waited).toBe('human');
    expect(verdicts.tell('CA1', 'machine')).toBe(false);
  });

  it('that was told before is not waited for, and is forgotten with the call', async () => {
    const verdicts = new Verdicts(clock());
    verdicts.keep('CA1', 'machine');
    expect(await verdicts.of('CA1', new AbortController().signal)).toBe('machine');
    verdicts.keep('CA2', 'machine');
    verdicts.forget('CA2');
    const time = clock();
    const late = new Verdicts(time);
    const waited = late.of('CA2', new AbortController().signal);
    time.advance(2_500);
    expect(await waited).toBe('unknown');
  });

  it('matters no longer when the call ends', async () => {
    const verdicts = new Verdicts(clock());
    const call = new AbortController();
    const waited = verdicts.of('CA1', call.signal);
    call.abort();
    await expect(waited).rejects.toMatchObject({ code: 'peer_failed' });
    await expect(verdicts.of('CA1', call.signal)).rejects.toMatchObject({ code: 'peer_failed' });
    expect(verdicts.tell('CA1', 'human')).toBe(false);
  });
});

describe('a request with a key', () => {
  it('is done once, however often it comes', async () => {
    const kept = new Idempotency<number>(clock());
    let runs = 0;
    const run = (): Promise<number> => Promise.resolve((runs += 1));
    expect(await kept.once('k', { to: 1 }, run)).toBe(1);
    expect(await kept.once('k', { to: 1 }, run)).toBe(1);
    expect(runs).toBe(1);
  });

  it('is refused with that of another', async () => {
    const kept = new Idempotency<number>(clock());
    await kept.once('k', { to: 1 }, () => Promise.resolve(1));
    expect(() => kept.once('k', { to: 2 }, () => Promise.resolve(2))).toThrow(
      expect.objectContaining({ code: 'request_conflict' }) as Error,
    );
  });

  it('that failed is tried again, unless it may have been obeyed', async () => {
    const kept = new Idempotency<number>(clock());
    await expect(kept.once('k', {}, () => Promise.reject(new Error('before')))).rejects.toThrow('before');
    const failing = (spend: () => void): Promise<number> => {
      spend();
      return Promise.reject(new Error('after'));
    };
    await expect(kept.once('k', {}, failing)).rejects.toThrow('after');
    await expect(kept.once('k', {}, () => Promise.resolve(3))).rejects.toThrow('after');
  });

  it('is forgotten after a day', async () => {
    const time = clock();
    const kept = new Idempotency<number>(time);
    await kept.once('k', { to: 1 }, () => Promise.resolve(1));
    time.advance(24 * 3_600_000);
    expect(await kept.once('k', { to: 2 }, () => Promise.resolve(2))).toBe(2);
  });
});
