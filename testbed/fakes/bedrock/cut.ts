import type { Behaviours } from './behaviours';

/** What becomes of an answer that is interrupted, and what tells of it. */
export interface Cut {
  /** Everything left is sent at once, before anything else. */
  readonly rush: boolean;
  readonly block: Behaviours['cutBlock'];
  /** The stop reason of the audio block, when it ends. */
  readonly stopReason: 'PARTIAL_TURN' | 'INTERRUPTED';
  /** The text `{ "interrupted" : true }`. */
  readonly marker: boolean;
  readonly final: Behaviours['cutFinal'];
}

type Switches = Pick<Behaviours, 'bargeIn' | 'cutBlock' | 'cutFinal'>;

/** How a caller's speech interrupts. */
export function cutBySpeech({ bargeIn, cutBlock, cutFinal }: Switches): Cut {
  return {
    rush: bargeIn === 'C',
    block: cutBlock,
    stopReason: bargeIn === 'A' || bargeIn === 'F' ? 'PARTIAL_TURN' : 'INTERRUPTED',
    marker: bargeIn === 'B' || bargeIn === 'C',
    final: cutFinal,
  };
}

/** How typed text interrupts: the same in all that was seen. */
export function cutByTyping({ cutFinal }: Switches): Cut {
  return { rush: false, block: 'ends', stopReason: 'INTERRUPTED', marker: true, final: cutFinal };
}
