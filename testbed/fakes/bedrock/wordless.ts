import type { Behaviours } from './behaviours';
import type { OutputEvents } from './output';

/** The end of a turn in which nothing was said. */
export function sayNothing(output: OutputEvents, how: Behaviours['wordlessEnd']): void {
  switch (how) {
    case 'audio':
      output.audioStart();
      output.audioEnd('END_TURN');
      return;
    case 'text':
      output.text('ASSISTANT', 'FINAL', '', 'END_TURN');
      return;
    case 'usage':
  }
}
