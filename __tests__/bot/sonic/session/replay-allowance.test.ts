import { ReplayAllowance } from '../../../../bot/sonic/session/replay-allowance';

/** A stream that was told as much as is allowed, of `hasBytes` that there are, and refused it. */
function refuse(allowance: ReplayAllowance, hasBytes: number, recovery: 'trim-history' | 'doubt-input') {
  const sent = Math.min(allowance.bytes, hasBytes);
  allowance.sent(sent);
  return { sent, again: allowance.ended(recovery) };
}

describe('what a new stream is told of the call', () => {
  it.each([32_768, 3_000, 600])(
    'S1: of %i bytes: half as much after each refusal, then nothing, and a refusal of nothing is believed',
    (hasBytes) => {
      const allowance = new ReplayAllowance(32_768);
      const sent: number[] = [];
      for (;;) {
        const refused = refuse(allowance, hasBytes, 'trim-history');
        sent.push(refused.sent);
        if (!refused.again) break;
      }
      expect(sent.at(-1)).toBe(0);
      expect(new Set(sent).size).toBe(sent.length);
      for (const [index, bytes] of sent.entries())
        if (index > 0) expect(bytes).toBeLessThanOrEqual((sent[index - 1] ?? 0) / 2);
    },
  );

  it('rule 7: what is doubted is tried three times more, the last time without history, and then believed', () => {
    const allowance = new ReplayAllowance(32_768);
    const tries = [0, 1, 2, 3].map(() => refuse(allowance, 4_096, 'doubt-input'));
    expect(tries.map(({ sent }) => sent)).toEqual([4_096, 2_048, 1_024, 0]);
    expect(tries.map(({ again }) => again)).toEqual([true, true, true, false]);
  });

  it('rule 7: an answer in between begins the count anew', () => {
    const allowance = new ReplayAllowance(32_768);
    for (let i = 0; i < 10; i += 1) {
      expect(refuse(allowance, 4_096, 'doubt-input').again).toBe(true);
      allowance.spoke();
      allowance.answered();
    }
  });

  it('S1: never grows again to what was refused', () => {
    const allowance = new ReplayAllowance(32_768);
    refuse(allowance, 2_000, 'trim-history');
    for (let i = 0; i < 5; i += 1) {
      allowance.sent(allowance.bytes);
      allowance.spoke();
    }
    expect(allowance.bytes).toBeLessThan(2_000);
  });

  it('a loss of the network costs no history, and a refusal for good is one', () => {
    const allowance = new ReplayAllowance(32_768);
    allowance.sent(4_096);
    expect(allowance.ended('retry')).toBe(true);
    expect(allowance.bytes).toBe(4_096);
    expect(allowance.ended('none')).toBe(false);
  });
});
