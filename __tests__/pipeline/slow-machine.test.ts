import { remarkOn } from '../support/slow-machine.cjs';

describe('a test of real time that fails', () => {
  it('says that this machine was too slow, apart from a fault', () => {
    const late = new Error('not within 30 s');
    remarkOn(late, 4_200, 30_000);
    const said =
      'not within 30 s\nThis machine was too slow: it kept a thread that does nothing waiting for 4.2 s of 30.0 s.';
    expect(late.message).toBe(said);
    expect(late.stack).toContain(said);
  });

  it('is a fault where the machine had time', () => {
    const wrong = new Error('wrong');
    remarkOn(wrong, 100, 30_000);
    expect(wrong.message).toBe('wrong');
    expect(() => remarkOn('no error', 9_000, 10_000)).not.toThrow();
  });
});
