import type { BadLine } from '../../smoke/caller';
import { seeded } from '../../testbed/random';
import { withNoise } from '../../testbed/speech';
import type { CallersLine } from '../scenario';

/** The line that a scenario gives its caller: the same noise and the same losses each time. */
export function badLine({ noise_db: noiseDb, packet_loss_percent: lossPercent = 0 }: CallersLine): BadLine {
  const noise = seeded(1);
  const losses = seeded(2);
  return {
    carry: (frame) => (noiseDb === undefined ? frame : withNoise(frame, noiseDb, noise)),
    isLost: () => losses() * 100 < lossPercent,
  };
}
