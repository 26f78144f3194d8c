export { BeatLateness } from './beat-lateness';
export { type Clock, endsWithin, sleep, systemClock, type Timer } from './clock';
export { RateLimit } from './rate-limit';
export { Ticker } from './ticker';
