import { Writable } from 'node:stream';
import { InputQueue } from '../../../../bot/sonic/stream/input-queue';

const bytes = (text: string): Uint8Array => Buffer.from(text);
/** What is written is the event itself, so that it can be read. */
const PLAIN = { sign: (event: Uint8Array | undefined): Buffer => Buffer.from(event ?? 'END') };

/** A stream that takes one message at a time, once it is let. */
class SlowStream extends Writable {
  readonly written: string[] = [];
  #taken: () => void = () => undefined;
  #isOpen: boolean;

  constructor(isOpen: boolean) {
    super({ highWaterMark: 1 });
    this.#isOpen = isOpen;
  }

  override _write(chunk: Buffer, _encoding: string, taken: () => void): void {
    this.written.push(chunk.toString());
    if (this.#isOpen) taken();
    else this.#taken = taken;
  }

  /** Takes all from now on. */
  open(): void {
    this.#isOpen = true;
    this.#taken();
  }
}

/** The queue, and all that it has written so far. */
function queueInto(stream = new SlowStream(true), maxAudioAgeMs = 1_500): { queue: InputQueue; stream: SlowStream } {
  const queue = new InputQueue(maxAudioAgeMs);
  queue.signWith(PLAIN);
  queue.flowInto(stream);
  return { queue, stream };
}
/** After what waits for the stream has been written. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a queue that nobody has read comes to, once it is ended and read. */
async function drain(queue: InputQueue): Promise<string[]> {
  queue.finish();
  const stream = new SlowStream(true);
  queue.signWith(PLAIN);
  queue.flowInto(stream);
  await settled();
  return stream.written;
}

describe('InputQueue', () => {
  it('gives events in order, whether they waited or are waited for', async () => {
    const queue = new InputQueue(1_500);
    queue.push(bytes('a'), 0);
    queue.push(bytes('b'), 0, 'audio');
    const stream = new SlowStream(true);
    queue.signWith(PLAIN);
    queue.flowInto(stream);
    await settled();
    expect(stream.written).toEqual(['a', 'b']);
    expect(queue.push(bytes('c'), 10, 'audio')).toEqual({ dropped: 0, lagMs: 0 });
    await settled();
    expect(stream.written).toEqual(['a', 'b', 'c']);
    expect(queue.length).toBe(0);
  });

  it('writes no faster than the stream takes it', async () => {
    const { queue, stream } = queueInto(new SlowStream(false));
    for (const event of ['a', 'b', 'c']) queue.push(bytes(event), 0, 'audio');
    expect(stream.written).toEqual(['a']);
    expect(queue.length).toBe(2);
    stream.open();
    await settled();
    expect(stream.written).toEqual(['a', 'b', 'c']);
  });

  it('drops audio that waited too long, oldest first, and says how much', async () => {
    const queue = new InputQueue(1_500);
    let lagMs = Infinity;
    for (let ms = 0; ms <= 3_200; ms += 32) ({ lagMs } = queue.push(bytes(`${ms}`), ms, 'audio'));
    expect(lagMs).toBeLessThanOrEqual(1_500);
    const left = (await drain(queue)).slice(0, -1);
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
    expect(await drain(queue)).toEqual(['start', 'text', 'new', 'END']);
  });

  it('tells how long the oldest event has waited', async () => {
    const { queue, stream } = queueInto(new SlowStream(false));
    queue.push(bytes('taken'), 0);
    expect(queue.push(bytes('a'), 100).lagMs).toBe(0);
    expect(queue.push(bytes('b'), 150).lagMs).toBe(50);
    expect(queue.push(bytes('c'), 200).lagMs).toBe(100);
    stream.open();
    await settled();
    expect(queue.push(bytes('d'), 200).lagMs).toBe(0);
  });

  it('ends after what is queued, and takes nothing more', async () => {
    const queue = new InputQueue(1_500);
    queue.push(bytes('last'), 0);
    queue.finish();
    queue.push(bytes('too late'), 1);
    queue.push(bytes('too late'), 1, 'audio');
    expect(await drain(queue)).toEqual(['last', 'END']);
  });

  it('ends a stream that waits, once', async () => {
    const { queue, stream } = queueInto();
    queue.finish();
    queue.finish();
    await settled();
    expect(stream.written).toEqual(['END']);
    expect(stream.writableEnded).toBe(true);
  });

  it('ends at once when it is discarded', async () => {
    const queue = new InputQueue(1_500);
    queue.push(bytes('never sent'), 0);
    queue.discard();
    expect(await drain(queue)).toEqual(['END']);
  });

  it('writes nothing more once it is stopped', async () => {
    const { queue, stream } = queueInto();
    queue.stop();
    queue.push(bytes('a'), 0);
    queue.finish();
    await settled();
    expect(stream.written).toEqual([]);
  });

  it('stays small when thousands of events pass through it', async () => {
    const { queue, stream } = queueInto(new SlowStream(true), 1e9);
    for (let i = 0; i < 5_000; i += 1) {
      queue.push(bytes(`${i}`), i, 'audio');
      if (i % 500 === 0) await settled();
    }
    await settled();
    expect(queue.length).toBe(0);
    expect(stream.written.at(-1)).toBe('4999');
  });

  it('sends nothing of a request that is not signed', () => {
    expect(() => new InputQueue(1_500).flowInto(new SlowStream(true))).toThrow('not signed');
  });
});
