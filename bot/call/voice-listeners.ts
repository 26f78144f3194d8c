import type { CallRecorder } from '../records';
import type { RtviSession } from '../rtvi';
import type { SpeechSession } from '../sonic';
import type { Clock } from '../time';
import type { CallerVoiceEvents } from './caller-voice';
import type { TurnEvent } from './turns/state';

interface VoiceListenersOptions {
  readonly clock: Clock;
  readonly dispatch: (event: TurnEvent) => void;
  readonly rtvi: RtviSession;
  readonly record: CallRecorder | undefined;
  readonly session: () => SpeechSession | undefined;
}

/** What a call makes of the caller's voice coming and going. */
export function voiceListeners({ clock, dispatch, rtvi, record, session }: VoiceListenersOptions): CallerVoiceEvents {
  return {
    onStarted: () => {
      rtvi.userVoice(true);
      record?.callerVoice(true, clock.nowMs());
      dispatch({ kind: 'caller-started' });
    },
    onStopped: (voicedAtMs) => {
      rtvi.userVoice(false);
      record?.callerVoice(false, voicedAtMs);
      session()?.sendAudio(new Int16Array(0), 'silent');
      dispatch({ kind: 'caller-stopped', voicedAtMs });
    },
  };
}
