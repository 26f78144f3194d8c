import type { FakeModelStream } from '../../../support/fake-model-streams';
import { NO_USAGE, said } from './support/conversation-setup';
import { exchange, hasBegun, setUpRotation } from './support/rotation-setup';

describe('S1: a rotation of which the service refuses the history', () => {
  const REFUSALS = [
    ['ValidationException', 'Chat history is over max limit. Trim chat history and try again.'],
    ['ValidationException', 'First message in chat history should not be Assistant.'],
    ['ValidationException', 'Invalid input request, please fix your input and try again.'],
  ] as const;
  /** Messages of history that the latest stream was told, without prompt and typed text. */
  const told = ({ texts }: FakeModelStream): readonly string[] => texts.slice(1).filter((line) => !line.includes('!'));
  const bytes = (lines: readonly string[]): number => lines.join('').replaceAll(/USER |ASSISTANT /g, '').length;

  /** A call with much to tell, at the moment when its next stream takes over. */
  async function rotated() {
    const all = await setUpRotation();
    for (let i = 0; i < 30; i += 1) {
      all.first.output(...exchange(`Question ${i}. ${'Please. '.repeat(20)}`, `Answer ${i}.`));
      all.clock.advance(6_000);
    }
    all.clock.advance(180_000);
    all.opener.latest.accept();
    all.clock.advance(64);
    return all;
  }

  it.each(REFUSALS)('S1: %s "%s": the good old stream carries the call on, and nobody notices', async (name, why) => {
    const { clock, opener, events, first, say } = await rotated();
    expect(hasBegun(opener.latest)).toBe(true);
    expect(first.end).toBeUndefined();
    const heard = first.audioEvents;
    say(320);
    opener.latest.lose(name, why);
    clock.advance(320);
    expect(events.errors).toEqual([]);
    expect(events.lines).not.toContain('interrupted');
    // What was said while the other one listened, and what is said now.
    expect(first.audioEvents - heard).toBeGreaterThanOrEqual(10);
    first.output(...exchange('What time is it?', 'Noon.'));
    expect(events.lines.slice(-4)).toEqual(['turn started', 'speculative: Noon.', 'audio', 'turn ended']);
  });

  it('S1: half as much is told with each refusal, then nothing, and no history twice', async () => {
    const { clock, opener, events, first } = await rotated();
    const sizes: number[] = [];
    for (let next = opener.latest; told(next).length > 0; next = opener.latest) {
      sizes.push(bytes(told(next)));
      next.lose('ValidationException', REFUSALS[0][1]);
      expect(first.end).toBeUndefined();
      clock.advance(2_100);
      opener.latest.accept();
      clock.advance(64);
      expect(opener.latest).not.toBe(next);
    }
    expect(sizes.length).toBeGreaterThanOrEqual(3);
    for (const [index, size] of sizes.entries())
      if (index > 0) expect(size).toBeLessThanOrEqual((sizes[index - 1] ?? 0) / 2);
    clock.advance(2_500);
    expect(first.end).toEqual({ kind: 'closed' });
    expect(events.errors).toEqual([]);
  });

  it('S1: what was typed meanwhile is asked of the old stream', async () => {
    const { clock, opener, first, session } = await rotated();
    session.sendText('What time is it?');
    expect(opener.latest.texts.at(-1)).toBe('USER! What time is it?');
    opener.latest.lose('ValidationException', REFUSALS[2][1]);
    clock.advance(320);
    expect(first.texts.at(-1)).toBe('USER! What time is it?');
  });

  it('S1: the old stream is left when the new one has shown that it took the history', async () => {
    const { opener, first } = await rotated();
    opener.latest.output({ kind: 'usage', usage: NO_USAGE });
    expect(first.end).toBeUndefined();
    opener.latest.output(...said('USER', 'And now?'));
    expect(first.end).toEqual({ kind: 'closed' });
  });

  it('S1: both are closed with the call, and the old one may end of itself', async () => {
    const all = await rotated();
    await all.session.close();
    expect(all.opener.streams.filter(({ end }) => end === undefined)).toEqual([]);
    const { first, opener, events, clock } = await rotated();
    first.lose();
    clock.advance(64);
    expect(events.errors).toEqual([]);
    expect(opener.latest.end).toBeUndefined();
  });
});
