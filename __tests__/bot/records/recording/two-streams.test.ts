import { twoStreams } from '../../../../bot/records/recording/two-streams';

const packet = (bytes: number): Uint8Array => Uint8Array.of(0b1001_1000, ...new Uint8Array(bytes).fill(7));

it.each([
  [0, [0]],
  [2, [2]],
  [251, [251]],
  [252, [252, 0]],
  [253, [253, 0]],
  [255, [255, 0]],
  [256, [252, 1]],
  [1275, [255, 255]],
])('a first packet of %i bytes says how long it is', (bytes, length) => {
  const joined = twoStreams(packet(bytes), Uint8Array.of(1, 2));
  expect([...joined.subarray(0, 1 + length.length)]).toEqual([0b1001_1000, ...length]);
  expect([...joined.subarray(-2)]).toEqual([1, 2]);
  expect(joined).toHaveLength(1 + length.length + bytes + 2);
});

it('a first packet of several frames is refused', () => {
  for (const bad of [Uint8Array.of(), Uint8Array.of(0b1001_1001, 1)])
    expect(() => twoStreams(bad, Uint8Array.of(1))).toThrow(RangeError);
});
