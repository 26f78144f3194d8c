/**
 * Nova Sonic's events as they travel inside `chunk.bytes`, both ways. Types only.
 * Source: Amazon Nova user guide, "Speech-to-speech input events" and "… output events".
 */

export type EndpointingSensitivity = 'HIGH' | 'MEDIUM' | 'LOW';

/** `{ "event": { <one key>: {…} } }`: the envelope of every input event. */
export interface SonicInputMessage {
  readonly event: SonicInputEvent;
}

/** What the client sends. Exactly one key each. */
export type SonicInputEvent =
  | { readonly sessionStart: SessionStart }
  | { readonly promptStart: PromptStart }
  | { readonly contentStart: InputContentStart }
  | { readonly textInput: ContentPiece }
  | { readonly audioInput: ContentPiece }
  | { readonly toolResult: ContentPiece }
  | { readonly contentEnd: ContentRef }
  | { readonly promptEnd: PromptRef }
  | { readonly sessionEnd: Record<string, never> };

export interface InferenceConfiguration {
  readonly maxTokens: number;
  readonly topP: number;
  readonly temperature: number;
}

export interface SessionStart {
  readonly inferenceConfiguration: InferenceConfiguration;
  /** Nova 2 Sonic only. */
  readonly turnDetectionConfiguration?: { readonly endpointingSensitivity: EndpointingSensitivity };
}

export interface PromptRef {
  readonly promptName: string;
}

export interface ContentRef extends PromptRef {
  readonly contentName: string;
}

/** A piece of content: text, base64 audio, or a tool's result as JSON text. */
export interface ContentPiece extends ContentRef {
  readonly content: string;
}

export interface PromptStart extends PromptRef {
  readonly textOutputConfiguration: { readonly mediaType: 'text/plain' };
  readonly audioOutputConfiguration: AudioConfiguration & { readonly voiceId: string };
  /** Both tool blocks together, or neither. */
  readonly toolUseOutputConfiguration?: { readonly mediaType: 'application/json' };
  readonly toolConfiguration?: { readonly tools: readonly { readonly toolSpec: WireToolSpec }[] };
}

export interface WireToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema, written as JSON text. */
  readonly inputSchema: { readonly json: string };
}

export interface AudioConfiguration {
  readonly mediaType: 'audio/lpcm';
  readonly sampleRateHertz: number;
  readonly sampleSizeBits: 16;
  readonly channelCount: 1;
  readonly encoding: 'base64';
  readonly audioType: 'SPEECH';
}

export type InputContentStart = ContentRef & { readonly interactive: boolean } & (
    | {
        readonly type: 'TEXT';
        readonly role: 'SYSTEM' | 'USER' | 'ASSISTANT';
        readonly textInputConfiguration: { readonly mediaType: 'text/plain' };
      }
    | { readonly type: 'AUDIO'; readonly role: 'USER'; readonly audioInputConfiguration: AudioConfiguration }
    | {
        readonly type: 'TOOL';
        readonly role: 'TOOL';
        readonly toolResultInputConfiguration: {
          readonly toolUseId: string;
          readonly type: 'TEXT';
          readonly textInputConfiguration: { readonly mediaType: 'text/plain' };
        };
      }
  );

/** `{ "event": { <one key>: {…} } }`: the envelope of every output event. */
export interface SonicOutputMessage {
  readonly event: SonicOutputEvent;
}

/** What the service sends. Exactly one key each; the service may add kinds and fields at any time. */
export type SonicOutputEvent =
  | { readonly completionStart: CompletionRef }
  | { readonly contentStart: OutputContentStart }
  | { readonly textOutput: OutputPiece }
  | { readonly audioOutput: OutputPiece }
  | { readonly toolUse: ToolUse }
  | { readonly contentEnd: OutputContentEnd }
  | { readonly usageEvent: UsageEvent }
  | { readonly completionEnd: CompletionRef & { readonly stopReason?: StopReason } };

export type StopReason = 'PARTIAL_TURN' | 'END_TURN' | 'INTERRUPTED' | 'TOOL_USE';
export type OutputRole = 'USER' | 'ASSISTANT' | 'TOOL';
export type OutputContentType = 'TEXT' | 'AUDIO' | 'TOOL';

/** One response cycle. */
export interface CompletionRef {
  readonly sessionId: string;
  readonly promptName: string;
  readonly completionId: string;
}

/** One block of a response; blocks come one after the other, never nested. */
export interface OutputContentRef extends CompletionRef {
  readonly contentId: string;
}

export interface OutputContentStart extends OutputContentRef {
  readonly type: OutputContentType;
  readonly role: OutputRole;
  /** JSON text, e.g. `{"generationStage":"SPECULATIVE"}`. */
  readonly additionalModelFields?: string;
  readonly audioOutputConfiguration?: AudioConfiguration;
}

/** Text, or base64 PCM16 little endian at 24 kHz mono. */
export interface OutputPiece extends OutputContentRef {
  readonly role?: OutputRole;
  readonly content: string;
}

export interface ToolUse extends OutputContentRef {
  readonly toolName: string;
  readonly toolUseId: string;
  /** The arguments as JSON text. */
  readonly content: string;
}

export interface OutputContentEnd extends OutputContentRef {
  readonly type: OutputContentType;
  readonly stopReason: StopReason;
}

export interface TokenCounts {
  readonly speechTokens: number;
  readonly textTokens: number;
}

/** Tokens used; `delta` since the last such event. */
export interface UsageEvent extends CompletionRef {
  readonly details: {
    readonly delta: { readonly input: TokenCounts; readonly output: TokenCounts };
    readonly total: { readonly input: TokenCounts; readonly output: TokenCounts };
  };
  readonly totalInputTokens: number;
  readonly totalOutputTokens: number;
  readonly totalTokens: number;
}
