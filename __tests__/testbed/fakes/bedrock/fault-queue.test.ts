import { FaultQueue } from '../../../../testbed/fakes/bedrock/faults';

describe('faults in waiting', () => {
  it('go to sessions in the order in which they were asked for', () => {
    const queue = new FaultQueue();
    queue.add({ kind: 'silent' }, 'at-open', 2);
    queue.add({ kind: 'deaf' }, 'during-speech', 1);
    expect(['a', 'b', 'c', 'd'].map((connection) => queue.hold(connection)?.kind)).toEqual([
      'silent',
      'silent',
      'deaf',
      undefined,
    ]);
    expect(queue.take('c')).toEqual({ fault: { kind: 'deaf' }, when: 'during-speech' });
    expect(queue.take('c')).toBeUndefined();
  });

  it('are the next again when their connection made no use of them', () => {
    const queue = new FaultQueue();
    queue.add({ kind: 'silent' }, 'at-open', 1);
    queue.add({ kind: 'deaf' }, 'at-open', 1);
    queue.hold('a');
    queue.release('a');
    expect(queue.take('b')?.fault.kind).toBe('silent');
    queue.release('b');
    expect(queue.take('b')?.fault.kind).toBe('deaf');
  });

  it('can be meant for every session, until they are cleared', () => {
    const queue = new FaultQueue();
    queue.add({ kind: 'http-error', status: 503 }, 'at-open', Infinity);
    for (const connection of ['a', 'b', 'c']) expect(queue.take(connection)?.fault.kind).toBe('http-error');
    queue.hold('d');
    queue.clear();
    expect(queue.take('d')).toBeUndefined();
    expect(queue.take('e')).toBeUndefined();
  });
});
