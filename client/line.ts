import type { Transport } from '@pipecat-ai/client-js';
import type { Microphone } from './microphone';

/** A way to the agent: one of Pipecat's transports, and what the client does not tell of it. */
export interface Line {
  readonly transport: Transport;
  /** What the client's `connect()` takes. */
  readonly connectParams: unknown;
  /** Sends `track` in place of the microphone track sent so far. */
  replaceMicrophone(track: MediaStreamTrack): void;
  /** Whether the network carries the call at this moment. */
  readonly isBroken: boolean;
  /** Idempotent. */
  stop(): void;
}

export interface LineOptions {
  readonly microphone: Microphone;
  /** The agent's voice; again after each reconnection. */
  onVoice(track: MediaStreamTrack): void;
  /** `isBroken` may have changed. */
  onNetwork(): void;
}
