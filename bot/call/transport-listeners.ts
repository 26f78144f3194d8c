import type { RtviSession } from '../rtvi';
import type { CallTelemetry } from '../telemetry';
import type { CloseReason, TransportEvents } from '../transport/transport';
import type { CallerVoice } from './caller-voice';
import { SOMEBODY_JOINED } from './transfers';
import type { TurnEvent } from './turns/state';

interface TransportListenersOptions {
  readonly dispatch: (event: TurnEvent) => void;
  /** Tells the model something that it is to answer aloud. */
  readonly type: (words: string) => void;
  readonly close: (reason: CloseReason) => void;
  readonly rtvi: RtviSession;
  readonly voice: CallerVoice;
  readonly telemetry: CallTelemetry;
}

/** What a call makes of what its transport tells, but for the caller's audio. */
export function transportListeners({
  dispatch,
  type,
  close,
  rtvi,
  voice,
  telemetry,
}: TransportListenersOptions): Omit<TransportEvents, 'onAudio'> {
  return {
    onMessage: (message) => rtvi.receive(message),
    onLastWords: (words) => {
      type(words);
      dispatch({ kind: 'hang-up-asked', transferTo: undefined });
    },
    onJoined: () => dispatch({ kind: 'context', text: SOMEBODY_JOINED }),
    onLeft: (remaining) => {
      if (remaining === 0) close('caller-left');
    },
    onFailed: (error) => {
      telemetry.logger.warn({ err: error, code: error.code }, 'transport failed');
      close('caller-vanished');
    },
    onMalformed: () => telemetry.record('clientMessageMalformed', {}),
    onMuted: (muted) => {
      voice.mute(muted);
      dispatch({ kind: 'muted', muted });
    },
  };
}
