import type { Arrival, Playable } from '../../../../bot/transport/webrtc/jitter-buffer';
import { JitterBuffer } from '../../../../bot/transport/webrtc/jitter-buffer';
import { seeded } from '../../../../testbed/random';

/** The packet that begins at 20·n ms. Its payload names it. */
function packet(number: number): Arrival {
  return {
    sequence: (65_530 + number) & 0xffff,
    timestamp: (4_294_960_000 + number * 960) >>> 0,
    payload: Uint8Array.of(number & 0xff),
  };
}

function describePlayable(playable: Playable): string {
  if (playable.kind === 'packet') return String(playable.payload[0]);
  return playable.kind === 'recover' ? `recover before ${String(playable.nextPayload[0])}` : 'conceal';
}

/** Pushes packets by number, each at its own moment plus `delayMs`; `poll`s where a number is negative. */
function play(buffer: JitterBuffer, arrivals: readonly (readonly [number: number, atMs: number])[]): string[] {
  return arrivals.flatMap(([number, atMs]) =>
    (number < 0 ? buffer.poll(atMs) : buffer.push(packet(number), atMs)).map(describePlayable),
  );
}

test('packets in order go on at once, across both wraps', () => {
  const buffer = new JitterBuffer();
  for (let number = 0; number < 50; number += 1) {
    expect(play(buffer, [[number, number * 20]])).toEqual([String(number)]);
  }
  expect(buffer.counts).toMatchObject({ received: 50, lost: 0, late: 0, duplicate: 0, resyncs: 0 });
});

test('two packets that changed places are put in order', () => {
  const buffer = new JitterBuffer();
  expect(
    play(buffer, [
      [0, 0],
      [2, 40],
      [1, 45],
      [3, 60],
    ]),
  ).toEqual(['0', '1', '2', '3']);
  expect(buffer.counts.lost).toBe(0);
});

test('behind a lost packet the next waits for 20 ms, then the loss is recovered from it', () => {
  const buffer = new JitterBuffer();
  expect(
    play(buffer, [
      [0, 0],
      [2, 40],
    ]),
  ).toEqual(['0']);
  expect(play(buffer, [[-1, 59]])).toEqual([]);
  expect(play(buffer, [[3, 60]])).toEqual(['recover before 2', '2', '3']);
  expect(buffer.counts).toMatchObject({ lost: 1, recovered: 1, concealed: 0 });
});

test('a hole is given up by the clock when nothing more comes', () => {
  const buffer = new JitterBuffer();
  play(buffer, [
    [0, 0],
    [2, 40],
  ]);
  expect(play(buffer, [[-1, 60]])).toEqual(['recover before 2', '2']);
});

test('of several lost packets the last is recovered and the others are made up, but not more than five in all', () => {
  const buffer = new JitterBuffer();
  play(buffer, [
    [0, 0],
    [4, 80],
  ]);
  expect(play(buffer, [[5, 100]])).toEqual(['conceal', 'conceal', 'recover before 4', '4', '5']);
  play(buffer, [[36, 720]]);
  expect(play(buffer, [[37, 740]])).toEqual([...Array<string>(4).fill('conceal'), 'recover before 36', '36', '37']);
  expect(buffer.counts).toMatchObject({ lost: 33, recovered: 2, concealed: 6 });
});

test('two holes are each waited for and filled', () => {
  const buffer = new JitterBuffer();
  const heard = play(buffer, [
    [0, 0],
    [2, 40],
    [4, 80],
    [5, 100],
    [6, 120],
  ]);
  expect(heard).toEqual(['0', 'recover before 2', '2', 'recover before 4', '4', '5', '6']);
});

test('W5: a late packet is dropped, and teaches to wait longer: as late as they come, and 20 ms after a calm time', () => {
  const buffer = new JitterBuffer();
  expect(buffer.waitMs).toBe(20);
  expect(
    play(buffer, [
      [0, 0],
      [2, 40],
      [3, 60],
      [1, 65],
    ]),
  ).toEqual(['0', 'recover before 2', '2', '3']);
  expect(buffer.waitMs).toBe(30);
  play(buffer, [
    [5, 100],
    [6, 120],
    [-1, 130],
    [4, 290],
  ]);
  expect(buffer.waitMs).toBe(190);
  expect(buffer.counts.late).toBe(2);
  for (let number = 7; number < 2_000; number += 1) play(buffer, [[number, 300 + number * 20]]);
  expect(buffer.waitMs).toBe(20);
});

test('W5: what comes later than 300 ms is not waited for', () => {
  const buffer = new JitterBuffer();
  play(buffer, [
    [0, 0],
    [2, 40],
    [3, 60],
    [1, 400],
  ]);
  expect(buffer.waitMs).toBe(20);
});

test('W5: packets that overtake each other by up to 200 ms are put in order once the line is known', () => {
  const buffer = new JitterBuffer();
  const random = seeded(5);
  const arrivals = Array.from({ length: 600 }, (_, number): [number: number, atMs: number] => [
    number,
    number * 20 + random() * 200,
  ]).sort(([, a], [, b]) => a - b);
  play(buffer, arrivals.slice(0, 100));
  const { late, lost } = buffer.counts;
  play(buffer, arrivals.slice(100));
  expect(lost).toBeLessThan(15);
  expect(buffer.counts.late - late).toBeLessThanOrEqual(2);
});

test('W5: on a line that loses and does not reorder, a hole is waited for no longer than 20 ms', () => {
  const buffer = new JitterBuffer();
  const random = seeded(6);
  for (let number = 0; number < 1_000; number += 1) {
    if (random() > 0.1) play(buffer, [[number, number * 20 + random() * 2]]);
    expect(buffer.waitMs).toBe(20);
  }
});

test('a packet sent twice is heard once', () => {
  const buffer = new JitterBuffer();
  expect(
    play(buffer, [
      [0, 0],
      [0, 1],
      [1, 20],
      [3, 60],
      [3, 61],
      [2, 62],
    ]),
  ).toEqual(['0', '1', '2', '3']);
  expect(buffer.counts.duplicate).toBe(2);
});

test('a pause of the sender is no loss: nothing is made up for it', () => {
  const buffer = new JitterBuffer();
  play(buffer, [
    [0, 0],
    [1, 20],
  ]);
  const afterPause = { ...packet(2), timestamp: packet(22).timestamp };
  expect(buffer.push(afterPause, 440).map(describePlayable)).toEqual(['2']);
  expect(buffer.counts.lost).toBe(0);
});

test('W2: packets without voice take their place, are not heard, and are no loss', () => {
  const buffer = new JitterBuffer();
  const padding = { ...packet(1), payload: new Uint8Array(0) };
  expect(play(buffer, [[0, 0]])).toEqual(['0']);
  expect(buffer.push(padding, 1)).toEqual([]);
  expect(play(buffer, [[2, 20]])).toEqual(['2']);
  expect(buffer.counts).toMatchObject({ received: 3, lost: 0, duplicate: 0 });
});

test('W2: a loss before a packet without voice is made up, since there is no copy to recover it from', () => {
  const buffer = new JitterBuffer();
  play(buffer, [[0, 0]]);
  buffer.push({ ...packet(2), payload: new Uint8Array(0) }, 40);
  expect(play(buffer, [[3, 60]])).toEqual(['conceal', '3']);
  expect(buffer.counts).toMatchObject({ lost: 1, recovered: 0, concealed: 1 });
});

test('a packet lost in a pause is made up at the length of a packet, not of the pause', () => {
  const buffer = new JitterBuffer();
  play(buffer, [
    [0, 0],
    [1, 20],
  ]);
  const afterPause = { ...packet(3), timestamp: packet(43).timestamp };
  buffer.push(afterPause, 840);
  expect(buffer.poll(860)[0]).toMatchObject({ kind: 'recover', durationMs: 20 });
});

test('a burst of losses shorter than the longest wait is made up whole', () => {
  const buffer = new JitterBuffer();
  play(buffer, [[0, 0]]);
  expect(
    play(buffer, [
      [11, 220],
      [12, 240],
    ]),
  ).toEqual([...Array<string>(9).fill('conceal'), 'recover before 11', '11', '12']);
});

test('a sender who starts anew is followed at the second packet, a single wild one is not', () => {
  const buffer = new JitterBuffer();
  play(buffer, [
    [0, 0],
    [1, 20],
  ]);
  expect(
    play(buffer, [
      [20_000, 40],
      [2, 41],
      [3, 60],
    ]),
  ).toEqual(['2', '3']);
  expect(
    play(buffer, [
      [30_000, 80],
      [30_001, 100],
      [30_002, 120],
    ]),
  ).toEqual(['49', '50']);
  expect(buffer.counts.resyncs).toBe(1);
});

test('lost packets of 60 ms are made up at their own length', () => {
  const buffer = new JitterBuffer();
  const long = (number: number): Arrival => ({ ...packet(number), timestamp: number * 2_880 });
  buffer.push(long(0), 0);
  buffer.push(long(2), 120);
  expect(buffer.poll(140)[0]).toMatchObject({ kind: 'recover', durationMs: 60 });
});

test.each([2.5, 5, 10, 40, 60, 80, 100, 120])(
  'V7: lost packets of %d ms are made up at their own length',
  (lengthMs) => {
    const buffer = new JitterBuffer();
    const long = (number: number): Arrival => ({ ...packet(number), timestamp: number * lengthMs * 48 });
    buffer.push(long(0), 0);
    buffer.push(long(2), 2 * lengthMs);
    expect(buffer.poll(2 * lengthMs + 20)[0]).toMatchObject({ kind: 'recover', durationMs: lengthMs });
  },
);
