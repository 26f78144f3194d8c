/**
 * Nova Sonic's input events as they travel inside `chunk.bytes`. Types only; what comes back is read, and checked, by
 * `protocol/parse-output.ts`.
 * Source: Amazon Nova user guide, "Speech-to-speech input events".
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
  /** From Nova 2 Sonic on. */
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
