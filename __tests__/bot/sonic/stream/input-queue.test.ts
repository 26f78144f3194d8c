import { InputQueue } from '../../../../bot/sonic/stream/input-queue';

const bytes = (text: string): Uint8Array => Buffer.from(text);

async function take(queue: InputQueue): Promise<string> {
  const { done, value } = await queue.next();
  return done === true ? 'END' : Buffer.from(value.chunk.bytes).toString();
}

async function drain(queue: InputQueue): Promise<string[]> {
  const taken: string[] = [];
  for (let item = await take(queue); item !== 'END'; item = await take(queue)) taken.push(item);
  return taken;
}

describe('InputQueue', () => {
  it('gives events in order, whether they waited or are waited for', async () => {
    const queue = new InputQueue(1_500);
    queue.push(bytes('a'), 0);
    queue.push(bytes('b'), 0, 'audio');
    expect([await take(queue), await take(queue)]).toEqual(['a', 'b']);
    const waiting = take(queue);
    queue.push(bytes('c'), 10, 'audio');
    expect(await waiting).toBe('c');
    expect(queue.length).toBe(0);
  });

  it('drops audio that waited too long, oldest first, and says how much', async () => {
    const queue = new InputQueue(1_500);
    let lagMs = Infinity;
    for (let ms = 0; ms <= 3_200; ms += 32) ({ lagMs } = queue.push(bytes(`${ms}`), ms, 'audio'));
    expect(lagMs).toBeLessThanOrEqual(1_500);
    queue.finish();
    const left = await drain(queue);
    expect(left[0]).toBe('1728');
    expect(left.at(-1)).toBe('3200');
    expect(left).toHaveLength(47);
  });

  it('never drops a control event, however long it waits between dropped audio', async () => {
    const queue = new InputQueue(1_500);
    queue.push(bytes('start'), 0);
    queue.push(bytes('old'), 0, 'audio');
    queue.push(bytes('text'), 10);
    expect(queue.push(bytes('new'), 60_000, 'audio').dropped).toBe(1);
    queue.finish();
    expect(await drain(queue)).toEqual(['start', 'text', 'new']);
  });

  it('tells how long the oldest event has waited', async () => {
    const queue = new InputQueue(1_500);
    expect(queue.push(bytes('a'), 100).lagMs).toBe(0);
    expect(queue.push(bytes('b'), 150).lagMs).toBe(50);
    expect(queue.push(bytes('c'), 200).lagMs).toBe(100);
    await take(queue);
    expect(queue.push(bytes('d'), 200).lagMs).toBe(50);
  });

  it('ends after what is queued, and takes nothing more', async () => {
    const queue = new InputQueue(1_500);
    queue.push(bytes('last'), 0);
    queue.finish();
    queue.push(bytes('too late'), 1);
    queue.push(bytes('too late'), 1, 'audio');
    expect(await drain(queue)).toEqual(['last']);
    expect(await take(queue)).toBe('END');
  });

  it('wakes a reader that waits when it ends', async () => {
    const queue = new InputQueue(1_500);
    const waiting = take(queue);
    queue.finish();
    expect(await waiting).toBe('END');
  });

  it('ends at once when it is discarded or the reader leaves', async () => {
    const queue = new InputQueue(1_500);
    queue.push(bytes('never sent'), 0);
    queue.discard();
    expect(await take(queue)).toBe('END');
    const other = new InputQueue(1_500);
    other.push(bytes('never sent'), 0);
    for await (const item of other) {
      expect(item.chunk.bytes).toBeDefined();
      break;
    }
    expect(await take(other)).toBe('END');
  });

  it('stays small when thousands of events pass through a backlog', async () => {
    const queue = new InputQueue(1e9);
    queue.push(bytes('first'), 0);
    for (let i = 0; i < 5_000; i += 1) {
      queue.push(bytes(`${i}`), i, 'audio');
      await take(queue);
    }
    expect(queue.length).toBe(1);
    expect(await take(queue)).toBe('4999');
  });
});
