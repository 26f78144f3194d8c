/** The RTVI envelope, both directions. Source: RTVI protocol 2.1.0, https://docs.pipecat.ai/client/rtvi-standard */
export interface RtviMessage {
  readonly label: 'rtvi-ai';
  readonly type: string;
  readonly id?: string;
  readonly data?: unknown;
}

/** The protocol this bot speaks; a client of another major version gets a warning, one of major 1 the older forms. */
export const RTVI_PROTOCOL_VERSION = '2.1.0';

export const RTVI_LABEL = 'rtvi-ai';

/** A value measured in one of the parts of the bot, in seconds (as the protocol has it). */
export interface RtviMeasure {
  readonly processor: string;
  readonly model?: string;
  readonly value: number;
}

/** The part of the protocol's `metrics` message that this bot sends. */
export interface RtviMetrics {
  readonly ttfb?: readonly RtviMeasure[];
  readonly processing?: readonly RtviMeasure[];
}

/** `data` of the events a bot sends, by type; `undefined` is no `data` at all. */
export interface RtviEventData {
  'user-started-speaking': undefined;
  'user-stopped-speaking': undefined;
  'vad-user-started-speaking': undefined;
  'vad-user-stopped-speaking': undefined;
  'user-mute-started': undefined;
  'user-mute-stopped': undefined;
  'user-transcription': { text: string; user_id: string; timestamp: string; final: boolean };
  'user-llm-text': { text: string };
  'bot-llm-started': undefined;
  'bot-llm-text': { text: string };
  'bot-llm-stopped': undefined;
  'bot-transcription': { text: string };
  'bot-tts-started': undefined;
  'bot-tts-text': { text: string };
  'bot-tts-stopped': undefined;
  'bot-started-speaking': undefined;
  'bot-stopped-speaking': undefined;
  'bot-interrupted': undefined;
  'bot-output':
    | { text: string; aggregated_by: string; spoken: boolean }
    | {
        text: string;
        aggregated_by: string;
        segment_id: number;
        will_be_spoken: boolean;
        spoken_status: 'new' | 'in-progress' | 'completed';
        spoken_progress: { accumulated_text: string; remaining_text: string };
      };
  'user-audio-level': { value: number };
  'bot-audio-level': { value: number };
  metrics: RtviMetrics;
  'llm-function-call-started': Record<string, never>;
  'llm-function-call-in-progress': { tool_call_id: string; function_name?: string; arguments?: unknown };
  'llm-function-call-stopped': { tool_call_id: string; cancelled: boolean; function_name?: string; result?: unknown };
  'server-message': unknown;
  error: { error: string; fatal: boolean };
}

/** `data` of the replies a bot sends; these carry the request's id. */
export interface RtviReplyData {
  'bot-ready': { version: string; about: { library: string } };
  'server-response': { t: string; d?: unknown };
  'error-response': { error: string };
}

/** An event, which carries no id. */
export function rtviEvent<T extends keyof RtviEventData>(type: T, data: RtviEventData[T]): RtviMessage {
  return data === undefined ? { label: RTVI_LABEL, type } : { label: RTVI_LABEL, type, data };
}

/** A reply to the request that bore `id`. */
export function rtviReply<T extends keyof RtviReplyData>(type: T, id: string, data: RtviReplyData[T]): RtviMessage {
  return { label: RTVI_LABEL, type, id, data };
}
