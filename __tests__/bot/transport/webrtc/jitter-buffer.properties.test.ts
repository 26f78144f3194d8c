import fc from 'fast-check';
import type { Arrival } from '../../../../bot/transport/webrtc/jitter-buffer';
import { JitterBuffer } from '../../../../bot/transport/webrtc/jitter-buffer';

/* What holds for each line, whatever it does: time is an argument, so each case is exact and quick. */
const PACKET_MS = 20;
const POLL_MS = 20;
const MAX_WAIT_MS = 300;
const MAX_HELD = 128;

interface Fate {
  readonly delayMs: number;
  readonly isLost: boolean;
  /** Comes once more, so much later. */
  readonly againMs: number | undefined;
  readonly hasVoice: boolean;
}

const fates = (maxDelayMs: number): fc.Arbitrary<Fate[]> =>
  fc.array(
    fc.record({
      delayMs: fc.integer({ min: 0, max: maxDelayMs }),
      isLost: fc.integer({ min: 0, max: 9 }).map((tenth) => tenth === 0),
      againMs: fc.option(fc.integer({ min: 0, max: 200 }), { freq: 5, nil: undefined }),
      hasVoice: fc.integer({ min: 0, max: 19 }).map((twentieth) => twentieth > 0),
    }),
    { minLength: 2, maxLength: 120 },
  );

interface Heard {
  readonly number: number;
  readonly atMs: number;
}

interface Outcome {
  readonly heard: readonly Heard[];
  readonly cameAtMs: ReadonlyMap<number, number>;
  readonly mostHeld: number;
  readonly buffer: JitterBuffer;
}

/** Runs packets through a buffer as the receiver does; packet `n` begins at `n` packets' time on the sender's clock. */
function run(line: readonly Fate[], { firstSequence = 65_500, ppm = 0 } = {}): Outcome {
  const arrival = (number: number, hasVoice: boolean): Arrival => ({
    sequence: (firstSequence + number) & 0xffff,
    timestamp: (4_294_960_000 + number * 48 * PACKET_MS) >>> 0,
    payload: hasVoice ? Uint8Array.of(number & 0xff, number >> 8) : new Uint8Array(0),
  });
  const events = line
    .flatMap(({ delayMs, isLost, againMs, hasVoice }, number) => {
      const atMs = number * PACKET_MS * (1 + ppm / 1e6) + delayMs;
      const once = isLost ? [] : [{ number, atMs, hasVoice }];
      return againMs === undefined ? once : [...once, { number, atMs: atMs + againMs, hasVoice }];
    })
    .sort((a, b) => a.atMs - b.atMs);
  const buffer = new JitterBuffer();
  const heard: Heard[] = [];
  const cameAtMs = new Map<number, number>();
  let mostHeld = 0;
  const hear = (playables: ReturnType<JitterBuffer['push']>, atMs: number): void => {
    for (const playable of playables) {
      if (playable.kind === 'packet')
        heard.push({ number: (playable.payload[0] ?? 0) + 256 * (playable.payload[1] ?? 0), atMs });
    }
    mostHeld = Math.max(mostHeld, buffer.heldCount);
  };
  let polledMs = 0;
  for (const { number, atMs, hasVoice } of events) {
    for (; polledMs <= atMs; polledMs += POLL_MS) hear(buffer.poll(polledMs), polledMs);
    if (!cameAtMs.has(number)) cameAtMs.set(number, atMs);
    hear(buffer.push(arrival(number, hasVoice), atMs), atMs);
  }
  for (const endMs = polledMs + 2 * MAX_WAIT_MS; polledMs <= endMs; polledMs += POLL_MS) {
    hear(buffer.poll(polledMs), polledMs);
  }
  return { heard, cameAtMs, mostHeld, buffer };
}

test('W5: whatever a line does, packets are heard in order and each once', () => {
  fc.assert(
    fc.property(fates(500), fc.integer({ min: 0, max: 0xffff }), (line, firstSequence) => {
      const { heard } = run(line, { firstSequence });
      for (let index = 1; index < heard.length; index += 1) {
        expect(heard[index]!.number).toBeGreaterThan(heard[index - 1]!.number);
      }
    }),
    { seed: 1 },
  );
});

test('W5: whatever a line does, no packet is held for longer than the longest wait and a beat', () => {
  fc.assert(
    fc.property(fates(500), (line) => {
      const { heard, cameAtMs } = run(line);
      for (const { number, atMs } of heard) {
        expect(atMs - (cameAtMs.get(number) ?? NaN)).toBeLessThanOrEqual(MAX_WAIT_MS + POLL_MS);
      }
    }),
    { seed: 2 },
  );
});

test('W5: nothing that came is unaccounted for, and nothing is left behind', () => {
  fc.assert(
    fc.property(fates(500), (line) => {
      const { heard, buffer, cameAtMs } = run(line);
      const { received, late, duplicate } = buffer.counts;
      const silent = [...cameAtMs.keys()].filter((number) => line[number]?.hasVoice === false).length;
      expect(buffer.heldCount).toBe(0);
      expect(heard.length).toBeLessThanOrEqual(received - late - duplicate);
      expect(heard.length).toBeGreaterThanOrEqual(received - late - duplicate - silent);
    }),
    { seed: 3 },
  );
});

test('W5: on a line in good order each packet goes on as it comes, however wrong the clock of the sender', () => {
  const calm = fc.array(
    fc.integer({ min: 0, max: PACKET_MS - 5 }).map((delayMs) => ({
      delayMs,
      isLost: false,
      againMs: undefined,
      hasVoice: true,
    })),
    { minLength: 100, maxLength: 150 },
  );
  fc.assert(
    fc.property(calm, fc.integer({ min: -500, max: 500 }), (line, ppm) => {
      const { heard, cameAtMs, buffer } = run(line, { ppm });
      expect(heard).toEqual([...cameAtMs].map(([number, atMs]) => ({ number, atMs })));
      expect(buffer.counts.lost).toBe(0);
      expect(buffer.waitMs).toBe(20);
    }),
    { seed: 4, numRuns: 50 },
  );
});

test('W5: whatever comes, in any numbers, what is held stays bounded and nothing throws', () => {
  const packet = fc.record({
    sequence: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 0xffff })),
    timestamp: fc.integer({ min: 0, max: 0xffff_ffff }),
    afterMs: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 300 }), (packets) => {
      const buffer = new JitterBuffer();
      let nowMs = 0;
      for (const { sequence, timestamp, afterMs } of packets) {
        nowMs += afterMs;
        buffer.push({ sequence, timestamp, payload: Uint8Array.of(1) }, nowMs);
        expect(buffer.heldCount).toBeLessThanOrEqual(MAX_HELD);
        expect(buffer.waitMs).toBeGreaterThanOrEqual(20);
        expect(buffer.waitMs).toBeLessThanOrEqual(MAX_WAIT_MS);
      }
    }),
    { seed: 5 },
  );
});
