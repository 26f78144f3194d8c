import { SampleQueue } from '../../../bot/audio/sample-queue';

test('samples are taken in other pieces than they came in, the missing ones as silence', () => {
  const queue = new SampleQueue();
  queue.push(Int16Array.of(1, 2, 3));
  queue.push(new Int16Array(0));
  queue.push(Int16Array.of(4, 5));
  const target = new Int16Array(4).fill(9);
  expect(queue.take(target)).toBe(4);
  expect([...target]).toEqual([1, 2, 3, 4]);
  expect(queue.length).toBe(1);
  expect(queue.take(target)).toBe(1);
  expect([...target]).toEqual([5, 0, 0, 0]);
  expect(queue.take(target)).toBe(0);
});
