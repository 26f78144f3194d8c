import { type Clock, Ticker } from '../../bot/time';

/** The beat of calls by this clock; whatever a listener throws fails the test. */
export function strictBeat(clock: Clock): Ticker {
  return new Ticker({
    periodMs: 20,
    clock,
    onListenerError: (error) => {
      throw error;
    },
  });
}
