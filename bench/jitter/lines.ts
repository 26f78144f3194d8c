import type { SentPacket } from './sender';

/** A line between caller and bot. */
export interface Line {
  readonly name: string;
  /** The packets that arrive, at the time they arrive. */
  carry(sent: readonly SentPacket[], random: () => number): SentPacket[];
}

const jitter = (maxMs: number): Line => ({
  name: `jitter 0–${maxMs} ms`,
  carry: (sent, random) => sent.map(({ packet, atMs }) => ({ packet, atMs: atMs + random() * maxMs })),
});

const loss = (percent: number, maxMs = 2): Line => ({
  name: maxMs > 2 ? `${percent} % lost, jitter 0–${maxMs} ms` : `${percent} % lost`,
  carry: (sent, random) =>
    jitter(maxMs).carry(
      sent.filter(() => random() >= percent / 100),
      random,
    ),
});

/** Losses of 60–160 ms, one a second or so. */
const bursts: Line = {
  name: 'bursts of 3–8 lost',
  carry: (sent, random) => {
    let losing = 0;
    return sent.filter(() => {
      if (losing > 0) losing -= 1;
      else if (random() < 0.02) losing = 3 + Math.floor(random() * 6);
      return losing === 0;
    });
  },
};

/** The line stands still for 100–400 ms, then delivers all at once and in order. */
const stalls: Line = {
  name: 'stalls of 100–400 ms',
  carry: (sent, random) => {
    let releasedAtMs = 0;
    return sent.map(({ packet, atMs }) => {
      if (atMs > releasedAtMs && random() < 0.01) releasedAtMs = atMs + 100 + random() * 300;
      return { packet, atMs: Math.max(atMs, releasedAtMs) };
    });
  },
};

/** The sender's clock is wrong by so many millionths. */
const drift = (ppm: number): Line => ({
  name: `clock ${ppm > 0 ? '+' : '−'}${Math.abs(ppm)} ppm`,
  carry: (sent, random) => sent.map(({ packet, atMs }) => ({ packet, atMs: atMs * (1 + ppm / 1e6) + random() * 2 })),
});

export const LINES: readonly Line[] = [
  { ...jitter(2), name: 'calm' },
  jitter(20),
  jitter(60),
  jitter(100),
  jitter(200),
  loss(5),
  loss(10),
  loss(20),
  loss(5, 100),
  bursts,
  stalls,
  drift(200),
  drift(-200),
];

interface Figures {
  readonly correlation: number;
  readonly addedP95Ms: number;
}

/** What this bench measured with a buffer that held six packets and waited for 20–40 ms, and a pacer that waited for 192 ms. */
export const BEFORE: Readonly<Record<string, Figures>> = {
  calm: { correlation: 0.98, addedP95Ms: 0.9 },
  'jitter 0–20 ms': { correlation: 0.98, addedP95Ms: 0.9 },
  'jitter 0–60 ms': { correlation: 0.98, addedP95Ms: 21 },
  'jitter 0–100 ms': { correlation: 0.97, addedP95Ms: 45.6 },
  'jitter 0–200 ms': { correlation: 0.89, addedP95Ms: 63.8 },
  '5 % lost': { correlation: 0.97, addedP95Ms: 19.8 },
  '10 % lost': { correlation: 0.96, addedP95Ms: 21 },
  '20 % lost': { correlation: 0.92, addedP95Ms: 38.4 },
  '5 % lost, jitter 0–100 ms': { correlation: 0.96, addedP95Ms: 52.4 },
  'bursts of 3–8 lost': { correlation: 0.24, addedP95Ms: 0 },
  'stalls of 100–400 ms': { correlation: 0.38, addedP95Ms: 0.6 },
  'clock +200 ppm': { correlation: 0.98, addedP95Ms: 0.9 },
  'clock −200 ppm': { correlation: 0.98, addedP95Ms: 1 },
};
