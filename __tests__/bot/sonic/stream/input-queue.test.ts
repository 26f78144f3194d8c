import { InputQueue } from '../../../../bot/sonic/stream/input-queue';

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** The next event, or that there is none: yet, or for good. */
function take(queue: InputQueue): string {
  const event = queue.take();
  if (event === undefined) return queue.isFinished ? 'END' : 'NONE YET';
  return Buffer.from(event).toString();
}

function drain(queue: InputQueue): string[] {
  const taken: string[] = [];
  for (let item = take(queue); item !== 'END'; item = take(queue)) taken.push(item);
  return taken;
}

describe('InputQueue', () => {
  it('gives events in order, whether they waited or are waited for', () => {
    const queue = new InputQueue(1_500);
    queue.push(bytes('a'), 0);
    queue.push(bytes('b'), 0, 'audio');
    expect([take(queue), take(queue)]).toEqual(['a', 'b']);
    expect(take(queue)).toBe('NONE YET');
    const read: string[] = [];
    queue.reader = () => read.push(take(queue));
    expect(queue.push(bytes('c'), 10, 'audio')).toEqual({ dropped: 0, lagMs: 0 });
    expect(read).toEqual(['c']);
    expect(queue.length).toBe(0);
  });

  it('drops audio that waited too long, oldest first, and says how much', () => {
    const queue = new InputQueue(1_500);
    let lagMs = Infinity;
    for (let ms = 0; ms <= 3_200; ms += 32) ({ lagMs } = queue.push(bytes(`${ms}`), ms, 'audio'));
    expect(lagMs).toBeLessThanOrEqual(1_500);
    queue.finish();
    const left = drain(queue);
    expect(left[0]).toBe('1728');
    expect(left.at(-1)).toBe('3200');
    expect(left).toHaveLength(47);
  });

  it('never drops a control event, however long it waits between dropped audio', () => {
    const queue = new InputQueue(1_500);
    queue.push(bytes('start'), 0);
    queue.push(bytes('old'), 0, 'audio');
    queue.push(bytes('text'), 10);
    expect(queue.push(bytes('new'), 60_000, 'audio').dropped).toBe(1);
    queue.finish();
    expect(drain(queue)).toEqual(['start', 'text', 'new']);
  });

  it('tells how long the oldest event has waited', () => {
    const queue = new InputQueue(1_500);
    expect(queue.push(bytes('a'), 100).lagMs).toBe(0);
    expect(queue.push(bytes('b'), 150).lagMs).toBe(50);
    expect(queue.push(bytes('c'), 200).lagMs).toBe(100);
    take(queue);
    expect(queue.push(bytes('d'), 200).lagMs).toBe(50);
  });

  it('ends after what is queued, and takes nothing more', () => {
    const queue = new InputQueue(1_500);
    queue.push(bytes('last'), 0);
    queue.finish();
    queue.push(bytes('too late'), 1);
    queue.push(bytes('too late'), 1, 'audio');
    expect(drain(queue)).toEqual(['last']);
    expect(take(queue)).toBe('END');
  });

  it('wakes a reader that waits when it ends', () => {
    const queue = new InputQueue(1_500);
    const read: string[] = [];
    queue.reader = () => read.push(take(queue));
    queue.finish();
    queue.finish();
    expect(read).toEqual(['END']);
  });

  it('ends at once when it is discarded', () => {
    const queue = new InputQueue(1_500);
    queue.push(bytes('never sent'), 0);
    queue.discard();
    expect(take(queue)).toBe('END');
  });

  it('stays small when thousands of events pass through a backlog', () => {
    const queue = new InputQueue(1e9);
    queue.push(bytes('first'), 0);
    for (let i = 0; i < 5_000; i += 1) {
      queue.push(bytes(`${i}`), i, 'audio');
      take(queue);
    }
    expect(queue.length).toBe(1);
    expect(take(queue)).toBe('4999');
  });
});
