import { randomUUID } from 'node:crypto';
import { MODEL_INPUT_HZ, MODEL_OUTPUT_HZ } from '../../../bot/audio';
import type { SonicInputEvent } from '../../../bot/sonic/wire';

/** A tool, with its schema as it is to be sent. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What a stream is opened with. */
export interface Opening {
  readonly voiceId: string;
  readonly system: string;
  readonly tools: readonly Tool[];
  readonly endpointing: 'HIGH' | 'MEDIUM' | 'LOW';
}

/** A message of the history. */
export interface Told {
  readonly role: 'USER' | 'ASSISTANT';
  readonly text: string;
}

const TEXT = { mediaType: 'text/plain' } as const;
const LPCM = {
  mediaType: 'audio/lpcm',
  sampleSizeBits: 16,
  channelCount: 1,
  encoding: 'base64',
  audioType: 'SPEECH',
} as const;

export function opening(promptName: string, { voiceId, system, tools, endpointing }: Opening): SonicInputEvent[] {
  return [
    {
      sessionStart: {
        inferenceConfiguration: { maxTokens: 4_096, topP: 0.9, temperature: 0.7 },
        turnDetectionConfiguration: { endpointingSensitivity: endpointing },
      },
    },
    {
      promptStart: {
        promptName,
        textOutputConfiguration: TEXT,
        audioOutputConfiguration: { ...LPCM, sampleRateHertz: MODEL_OUTPUT_HZ, voiceId },
        ...(tools.length === 0
          ? {}
          : {
              toolUseOutputConfiguration: { mediaType: 'application/json' },
              toolConfiguration: {
                tools: tools.map(({ name, description, schema }) => ({
                  toolSpec: { name, description, inputSchema: { json: JSON.stringify(schema) } },
                })),
              },
            }),
      },
    },
    ...block(promptName, 'SYSTEM', system, false),
  ];
}

export function history(promptName: string, messages: readonly Told[]): SonicInputEvent[] {
  return messages.flatMap(({ role, text }) => block(promptName, role, text, false));
}

/** Text that the model is to answer. Not cleaned of anything. */
export function typed(promptName: string, text: string): SonicInputEvent[] {
  return block(promptName, 'USER', text, true);
}

export function audioStart(promptName: string, contentName: string): SonicInputEvent {
  const audioInputConfiguration = { ...LPCM, sampleRateHertz: MODEL_INPUT_HZ };
  return {
    contentStart: { promptName, contentName, type: 'AUDIO', interactive: true, role: 'USER', audioInputConfiguration },
  };
}

export function lpcmInput(promptName: string, contentName: string, pcm: Buffer): SonicInputEvent {
  return { audioInput: { promptName, contentName, content: pcm.toString('base64') } };
}

export function audioEnd(promptName: string, contentName: string): SonicInputEvent {
  return { contentEnd: { promptName, contentName } };
}

export function toolResult(promptName: string, toolUseId: string, content: string): SonicInputEvent[] {
  const contentName = randomUUID();
  const toolResultInputConfiguration = { toolUseId, type: 'TEXT', textInputConfiguration: TEXT } as const;
  return [
    {
      contentStart: {
        promptName,
        contentName,
        interactive: false,
        type: 'TOOL',
        role: 'TOOL',
        toolResultInputConfiguration,
      },
    },
    { toolResult: { promptName, contentName, content } },
    { contentEnd: { promptName, contentName } },
  ];
}

function block(
  promptName: string,
  role: 'SYSTEM' | 'USER' | 'ASSISTANT',
  content: string,
  interactive: boolean,
): SonicInputEvent[] {
  const contentName = randomUUID();
  return [
    { contentStart: { promptName, contentName, type: 'TEXT', interactive, role, textInputConfiguration: TEXT } },
    { textInput: { promptName, contentName, content } },
    { contentEnd: { promptName, contentName } },
  ];
}
