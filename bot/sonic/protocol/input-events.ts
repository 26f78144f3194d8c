import { MODEL_INPUT_HZ, MODEL_OUTPUT_HZ } from '../../audio';
import type { ToolSpec } from '../speech-model';
import type {
  AudioConfiguration,
  EndpointingSensitivity,
  InferenceConfiguration,
  SonicInputEvent,
  SonicInputMessage,
} from '../wire';
import { splitUtf8 } from './utf8';

/** The service refuses longer pieces of history; the guide says 1 KB, and 1,000 bytes hold under either reading. */
export const MAX_TEXT_INPUT_BYTES = 1_000;

/** pipecat's and LiveKit's defaults but for the tokens: with 1,024 a live turn went without speech. */
export const DEFAULT_INFERENCE: InferenceConfiguration = { maxTokens: 4_096, topP: 0.9, temperature: 0.7 };

/** What the live service answered with "unexpected error": control characters but for line breaks and tabs. */
// oxlint-disable-next-line no-control-regex -- they are what is to be found
const UNSPEAKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

const TEXT = { mediaType: 'text/plain' } as const;

/** First event of a stream. */
export function sessionStart(inference: InferenceConfiguration, endpointing: EndpointingSensitivity): Buffer {
  return encode({
    sessionStart: {
      inferenceConfiguration: inference,
      turnDetectionConfiguration: { endpointingSensitivity: endpointing },
    },
  });
}

/** Second event: the voice and, where there are any, the tools (without tools both tool blocks must be absent). */
export function promptStart(promptName: string, voiceId: string, tools: readonly ToolSpec[]): Buffer {
  return encode({
    promptStart: {
      promptName,
      textOutputConfiguration: TEXT,
      audioOutputConfiguration: { ...lpcm(MODEL_OUTPUT_HZ), voiceId },
      ...(tools.length === 0
        ? {}
        : {
            toolUseOutputConfiguration: { mediaType: 'application/json' },
            toolConfiguration: {
              tools: tools.map((tool) => ({
                toolSpec: {
                  name: tool.name,
                  description: tool.description,
                  inputSchema: { json: JSON.stringify(tool.inputSchema) },
                },
              })),
            },
          }),
    },
  });
}

/** A whole block of text, its three kinds of event in order. Blank text gives none: the service refuses empty blocks. */
export function textBlock(
  promptName: string,
  contentName: string,
  role: 'SYSTEM' | 'USER' | 'ASSISTANT',
  text: string,
  options: { readonly interactive: boolean },
): Buffer[] {
  const clean = cleanText(text);
  if (clean.trim() === '') return [];
  // The system prompt goes in one piece, as every known client sends it.
  const pieces = role === 'SYSTEM' ? [clean] : splitUtf8(clean, MAX_TEXT_INPUT_BYTES);
  return [
    encode({
      contentStart: {
        promptName,
        contentName,
        type: 'TEXT',
        interactive: options.interactive,
        role,
        textInputConfiguration: TEXT,
      },
    }),
    ...pieces.map((content) => encode({ textInput: { promptName, contentName, content } })),
    contentEnd(promptName, contentName),
  ];
}

/** Opens the one audio block that stays open for the whole stream. */
export function audioStart(promptName: string, contentName: string): Buffer {
  return encode({
    contentStart: {
      promptName,
      contentName,
      type: 'AUDIO',
      interactive: true,
      // Without the role the service ignores the audio, and says nothing.
      role: 'USER',
      audioInputConfiguration: lpcm(MODEL_INPUT_HZ),
    },
  });
}

/** Makes `audioInput` events, one every 32 ms of a call: base64 between two texts that are serialised once. */
export function audioInputEncoder(promptName: string, contentName: string): (pcm16k: Buffer) => Buffer {
  const whole = JSON.stringify({ event: { audioInput: { promptName, contentName, content: '' } } });
  const end = '"}}}';
  const start = whole.slice(0, -end.length);
  return (pcm16k) => Buffer.from(start + pcm16k.toString('base64') + end, 'latin1');
}

/** The answer to a tool use. `json` is JSON text. */
export function toolResultBlock(promptName: string, contentName: string, toolUseId: string, json: string): Buffer[] {
  return [
    encode({
      contentStart: {
        promptName,
        contentName,
        interactive: false,
        type: 'TOOL',
        role: 'TOOL',
        toolResultInputConfiguration: { toolUseId, type: 'TEXT', textInputConfiguration: TEXT },
      },
    }),
    encode({ toolResult: { promptName, contentName, content: json } }),
    contentEnd(promptName, contentName),
  ];
}

function contentEnd(promptName: string, contentName: string): Buffer {
  return encode({ contentEnd: { promptName, contentName } });
}

/** What a client says before it ends the stream: the service frees its side at once. */
export function goodbye(promptName: string, audioContentName: string): Buffer[] {
  const audioEnd = contentEnd(promptName, audioContentName);
  return [audioEnd, encode({ promptEnd: { promptName } }), encode({ sessionEnd: {} })];
}

function lpcm(sampleRateHertz: number): AudioConfiguration {
  return {
    mediaType: 'audio/lpcm',
    sampleRateHertz,
    sampleSizeBits: 16,
    channelCount: 1,
    encoding: 'base64',
    audioType: 'SPEECH',
  };
}

/** Text without control characters, and with halves of surrogate pairs replaced: the service ends a stream for either. */
function cleanText(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd').replace(UNSPEAKABLE, '');
}

function encode(event: SonicInputEvent): Buffer {
  const message: SonicInputMessage = { event };
  return Buffer.from(JSON.stringify(message), 'utf8');
}
