import {
  type Effect,
  INITIAL_OUTPUT,
  type OwnEvent,
  reduceOutput,
} from '../../../../../bot/sonic/protocol/output-reducer';
import type { OutputEvent } from '../../../../../bot/sonic/protocol/parse-output';

/** What comes of these events, from the start of a stream on. */
export function effectsOf(events: readonly (OutputEvent | OwnEvent)[]): Effect[] {
  let state = INITIAL_OUTPUT;
  return events.flatMap((event) => {
    const reduced = reduceOutput(state, event);
    state = reduced.state;
    return reduced.effects;
  });
}
