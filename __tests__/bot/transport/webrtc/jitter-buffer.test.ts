import type { Arrival, Playable } from '../../../../bot/transport/webrtc/jitter-buffer';
import { JitterBuffer } from '../../../../bot/transport/webrtc/jitter-buffer';

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

test('a late packet is dropped, and teaches to wait longer: up to 40 ms, and back to 20 after a calm time', () => {
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
    [7, 140],
    [4, 150],
  ]);
  play(buffer, [
    [9, 180],
    [10, 200],
    [11, 220],
    [12, 240],
    [8, 245],
  ]);
  expect(buffer.waitMs).toBe(40);
  expect(buffer.counts.late).toBe(3);
  for (let number = 13; number < 1_200; number += 1) play(buffer, [[number, number * 20]]);
  expect(buffer.waitMs).toBe(20);
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

test('never more than a handful of packets is held, whatever comes', () => {
  const buffer = new JitterBuffer();
  buffer.push(packet(0), 0);
  let random = 1;
  for (let step = 0; step < 20_000; step += 1) {
    random = (random * 1_103_515_245 + 12_345) & 0x7fffffff;
    buffer.push(packet(random % 70_000), step);
    expect(buffer.heldCount).toBeLessThanOrEqual(6);
  }
});

test('lost packets of 60 ms are made up at their own length', () => {
  const buffer = new JitterBuffer();
  const long = (number: number): Arrival => ({ ...packet(number), timestamp: number * 2_880 });
  buffer.push(long(0), 0);
  buffer.push(long(2), 120);
  expect(buffer.poll(140)[0]).toMatchObject({ kind: 'recover', durationMs: 60 });
});
