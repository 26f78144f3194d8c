import type { CallRecorder } from '../records';
import type { RtviHandlers } from '../rtvi';
import type { CloseReason } from '../transport/transport';
import type { RecordingInCall } from './recording-in-call';
import type { TurnEvent, Wish } from './turns/state';

interface ClientHandlersOptions {
  readonly dispatch: (event: TurnEvent) => void;
  /** Tells the model what the caller has typed. */
  readonly type: (text: string, wish: Wish) => void;
  readonly press: (keys: string) => void;
  readonly close: (reason: CloseReason) => void;
  readonly record: CallRecorder | undefined;
  readonly recording: () => RecordingInCall;
}

/** What a call makes of what the caller's client asks. */
export function clientHandlers(o: ClientHandlersOptions): RtviHandlers {
  return {
    onClientReady: () => o.dispatch({ kind: 'client-ready' }),
    onSendText: (text, { runImmediately, audioResponse }) => {
      if (!runImmediately) {
        o.dispatch({ kind: 'context', text });
        return;
      }
      o.record?.callerSaid(text, 'text');
      o.recording().callerSaid(text);
      o.type(text, audioResponse ? 'aloud' : 'in-text');
    },
    onKeys: (keys) => {
      o.dispatch({ kind: 'interrupted', by: 'caller' });
      o.press(keys);
    },
    onDisconnectBot: () => o.close('client-request'),
    onClientMessage: (id, type) => o.recording().onClientMessage(id, type),
  };
}
