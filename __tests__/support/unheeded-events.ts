import type { TransportEvents } from '../../bot/transport/transport';

/** For a call of which nothing is expected. */
export const UNHEEDED: TransportEvents = {
  onAudio: () => undefined,
  onMessage: () => undefined,
  onLeft: () => undefined,
  onFailed: () => undefined,
  onMuted: () => undefined,
  onMalformed: () => undefined,
};
