import type { BotOutputData, RTVIEventCallbacks } from '@pipecat-ai/client-js';
import { bargeInMs, callEnding, errorText, fieldOf, latencyMs, latencyParts, textOf } from './server-messages';
import type { CallEvent } from './state';
import type { SpokenReport } from './transcript';
import { agentProblemWords } from './words';

/** What concerns the connection itself, which is the call's. */
export interface ConnectionEvents {
  onConnected(): void;
  onDisconnected(): void;
  onError(text: string | undefined, fatal: boolean): void;
}

/** The Pipecat client's callbacks that turn what it reports into events. */
export function callbacksFor(dispatch: (event: CallEvent) => void, connection: ConnectionEvents): RTVIEventCallbacks {
  return {
    onConnected: () => connection.onConnected(),
    onDisconnected: () => connection.onDisconnected(),
    onError: (message) => {
      const { text, fatal } = errorText(message.data);
      connection.onError(text, fatal);
    },
    onBotDisconnected: () => dispatch({ type: 'bot-left' }),
    onUserStartedSpeaking: () => dispatch({ type: 'caller-started-speaking' }),
    onUserStoppedSpeaking: () => dispatch({ type: 'caller-stopped-speaking', atMs: performance.now() }),
    onUserTranscript: ({ text, final, timestamp: saidAt }) => dispatch({ type: 'caller-said', text, final, saidAt }),
    onBotLlmStarted: () => dispatch({ type: 'bot-thinking' }),
    onBotLlmStopped: () => dispatch({ type: 'bot-turn-over' }),
    onBotStartedSpeaking: () => dispatch({ type: 'bot-started-speaking', atMs: performance.now() }),
    onBotStoppedSpeaking: () => dispatch({ type: 'bot-stopped-speaking' }),
    onBotOutput: (output) => dispatch({ type: 'bot-output', report: spokenReport(output) }),
    onLLMFunctionCallStarted: () => dispatch({ type: 'lookup-started' }),
    onLLMFunctionCallInProgress: ({ tool_call_id: callId, function_name: name, arguments: args }) => {
      if (name === undefined) return;
      dispatch({ type: 'tool-called', call: { callId, name, args: short(args), atMs: performance.now() } });
    },
    onLLMFunctionCallStopped: ({ tool_call_id: callId, result, cancelled }) => {
      dispatch({ type: 'lookup-stopped' });
      const answer = { result: short(result), cancelled, atMs: performance.now() };
      dispatch({ type: 'tool-answered', callId, answer });
    },
    onServerMessage: (data: unknown) => {
      const event = serverEvent(data);
      if (event !== undefined) dispatch(event);
    },
  };
}

/** The longest that a line shows of what a tool was asked or answered. */
const SHOWN_LENGTH = 2_000;

function short(value: unknown): string {
  const text = value === undefined ? '' : JSON.stringify(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

/** Undefined for what was made for another client. */
function serverEvent(data: unknown): CallEvent | undefined {
  switch (textOf(data, 'type')) {
    case 'call-ending':
      return { type: 'call-ending', ...callEnding(data) };
    case 'agent': {
      const language = textOf(data, 'language');
      return language === undefined ? undefined : { type: 'agent-speaks', language };
    }
    case 'latency': {
      const ms = latencyMs(data);
      return ms === undefined ? undefined : { type: 'latency', ms, parts: latencyParts(data) };
    }
    case 'barge-in': {
      const ms = bargeInMs(data);
      return ms === undefined ? undefined : { type: 'barge-in', ms };
    }
    case 'notice':
      return { type: 'notice', text: textOf(data, 'text') };
    case 'recording': {
      const isOn = fieldOf(data, 'isOn');
      return typeof isOn === 'boolean' ? { type: 'recording', isOn } : undefined;
    }
    case 'agent-problem':
      return { type: 'trouble', text: agentProblemWords(textOf(data, 'text') ?? '') };
    default:
      return undefined;
  }
}

function spokenReport(output: BotOutputData): SpokenReport {
  return {
    segmentId: output.segment_id,
    text: output.text,
    // Words that are only shown count as heard at once.
    status: output.will_be_spoken === false ? 'completed' : (output.spoken_status ?? 'new'),
    heard: output.spoken_progress?.accumulated_text ?? '',
  };
}
