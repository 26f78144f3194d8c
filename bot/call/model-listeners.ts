import type { BotError } from '../errors';
import type { CallRecorder } from '../records';
import type { RtviSession } from '../rtvi';
import type { SpeechEvents } from '../sonic';
import type { CallTelemetry } from '../telemetry';
import type { AgentInCall } from './agent-in-call';
import type { TextInput } from './call-budget';
import type { CallStats } from './call-stats';
import type { PressedKeys } from './pressed-keys';
import type { RecordingInCall } from './recording-in-call';
import type { ToolCalls } from './tool-calls';
import type { TurnEvent } from './turns/state';

interface ModelListenersOptions {
  readonly dispatch: (event: TurnEvent) => void;
  readonly tools: ToolCalls;
  readonly keys: Pick<PressedKeys, 'callerSpoke' | 'toolUsed'>;
  readonly agent: AgentInCall;
  readonly stats: CallStats;
  readonly rtvi: RtviSession;
  readonly telemetry: CallTelemetry;
  readonly record: CallRecorder | undefined;
  readonly recording: RecordingInCall;
  /** To the session; undefined before it is open, and once the call is over. */
  readonly texts: () => TextInput | undefined;
  readonly onToolAnswered: () => void;
  readonly onLost: (error: BotError) => void;
}

/** What a call makes of what its model says and does. */
export function modelListeners(o: ModelListenersOptions): Omit<SpeechEvents, 'hearing'> {
  const { dispatch, tools, keys, agent, stats, rtvi, telemetry, record, recording } = o;
  return {
    onAudio: (pcm24k) => dispatch({ kind: 'audio', pcm24k }),
    onTranscript: ({ role, text, stage }) => {
      if (role === 'user') {
        tools.callerSaid(text);
        record?.callerSaid(text, 'voice');
        keys.callerSpoke();
        recording.callerSaid(text);
        dispatch({ kind: 'words', text });
      } else if (stage === 'speculative') dispatch({ kind: 'sentence', text });
    },
    onCallerFinished: () => dispatch({ kind: 'caller-finished' }),
    onTurnStarted: () => dispatch({ kind: 'turn-started' }),
    onTurnEnded: (isBroken) => dispatch({ kind: 'turn-ended', isBroken }),
    onInterrupted: (by) => dispatch({ kind: 'interrupted', by }),
    onToolUse: (request) => {
      const texts = o.texts();
      if (texts === undefined) return;
      keys.toolUsed(request.name);
      dispatch({ kind: 'tool-used', waiting: tools.waitingFor(request) });
      void tools.handle(request, texts).then(o.onToolAnswered);
    },
    onUsage: (usage) => stats.used(usage),
    onReconnecting: (cause, attempt) => {
      telemetry.record('modelReconnecting', { err: cause, code: cause.code, attempt });
      rtvi.serverMessage({ type: 'notice', text: agent.speaking.texts.shown.reconnecting });
      dispatch({ kind: 'reconnecting' });
    },
    onReconnected: (gapMs) => {
      stats.reconnected(gapMs);
      rtvi.serverMessage({ type: 'notice', text: '' });
      dispatch({ kind: 'reconnected' });
    },
    onAskedAgain: () => dispatch({ kind: 'asked-again' }),
    onRotated: (rotation) => stats.rotated(rotation),
    onHandedOver: (gapMs) => {
      agent.handedOver(gapMs);
      // Whoever has the call now may keep less of it.
      recording.tell();
    },
    onHandoverFailed: () => agent.handoverFailed(),
    onEnd: (end) => {
      telemetry.record('modelEnded', { end: end.kind === 'closed' ? 'closed' : end.error.code });
      if (end.kind === 'failed') o.onLost(end.error);
    },
  };
}
