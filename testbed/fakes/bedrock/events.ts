import { z } from 'zod';

/** The voices of Nova 2 Sonic. */
const VOICES = [
  'matthew', 'tiffany', 'amy', 'olivia', 'lupe', 'carlos', 'ambre', 'florian',
  'tina', 'lennart', 'beatrice', 'lorenzo', 'carolina', 'leo', 'arjun', 'kiara',
] as const; // prettier-ignore

const name = z.string().min(1).max(256);
const plainText = z.strictObject({ mediaType: z.literal('text/plain') });

/** A JSON Schema given, as the service wants it, as a string of JSON that holds an object. */
const schemaText = z.string().refine((text) => isJsonObject(text), 'must be a string of JSON holding an object');

const toolSpec = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
  description: z.string().min(1),
  inputSchema: z.strictObject({ json: schemaText }),
});

export type DeclaredTool = z.infer<typeof toolSpec>;

export const sessionStart = z.strictObject({
  inferenceConfiguration: z.strictObject({
    maxTokens: z.int().min(1),
    topP: z.number().min(0).max(1),
    temperature: z.number().min(0).max(1),
  }),
  turnDetectionConfiguration: z.strictObject({ endpointingSensitivity: z.enum(['HIGH', 'MEDIUM', 'LOW']) }).optional(),
});

/** What a dialect allows. */
interface Allowed {
  readonly outputRate: z.ZodType<number>;
  readonly inputRate: z.ZodType<number>;
  /** The least number of tools that a list of tools may have. */
  readonly fewestTools: number;
}

const nativeRate = z.literal([8000, 16_000, 24_000]);
const ALLOWED: Readonly<Record<'live' | 'documented', Allowed>> = {
  live: { outputRate: nativeRate, inputRate: nativeRate, fewestTools: 0 },
  documented: { outputRate: z.literal(24_000), inputRate: z.literal(16_000), fewestTools: 1 },
};

const promptStart = ({ outputRate, fewestTools }: Allowed) =>
  z
    .strictObject({
      promptName: name,
      textOutputConfiguration: plainText,
      audioOutputConfiguration: z.strictObject({
        mediaType: z.literal('audio/lpcm'),
        sampleRateHertz: outputRate,
        sampleSizeBits: z.literal(16),
        channelCount: z.literal(1),
        voiceId: z.enum(VOICES),
        encoding: z.literal('base64'),
        audioType: z.literal('SPEECH'),
      }),
      toolUseOutputConfiguration: z.strictObject({ mediaType: z.literal('application/json') }).optional(),
      toolConfiguration: z
        .strictObject({
          tools: z.array(z.strictObject({ toolSpec })).min(fewestTools),
          toolChoice: z.record(z.string(), z.unknown()).optional(),
        })
        .optional(),
    })
    .refine(
      (prompt) => (prompt.toolConfiguration === undefined) === (prompt.toolUseOutputConfiguration === undefined),
      {
        message: 'toolConfiguration and toolUseOutputConfiguration must be given together',
      },
    )
    .refine(
      ({ toolConfiguration }) => {
        const names = toolConfiguration?.tools.map((tool) => tool.toolSpec.name) ?? [];
        return new Set(names).size === names.length;
      },
      { message: 'tool names must differ' },
    );

const block = { promptName: name, contentName: name };

const contentStart = ({ inputRate }: Allowed) =>
  z.discriminatedUnion('type', [
    z.strictObject({
      ...block,
      type: z.literal('TEXT'),
      interactive: z.boolean(),
      role: z.enum(['SYSTEM', 'USER', 'ASSISTANT']),
      textInputConfiguration: plainText,
    }),
    z.strictObject({
      ...block,
      type: z.literal('AUDIO'),
      interactive: z.literal(true),
      role: z.literal('USER'),
      audioInputConfiguration: z.strictObject({
        mediaType: z.literal('audio/lpcm'),
        sampleRateHertz: inputRate,
        sampleSizeBits: z.literal(16),
        channelCount: z.literal(1),
        audioType: z.literal('SPEECH'),
        encoding: z.literal('base64'),
      }),
    }),
    z.strictObject({
      ...block,
      type: z.literal('TOOL'),
      interactive: z.literal(false),
      role: z.literal('TOOL'),
      toolResultInputConfiguration: z.strictObject({
        toolUseId: z.string().min(1),
        type: z.literal('TEXT'),
        textInputConfiguration: plainText,
      }),
    }),
  ]);

/** The events whose fields the dialects see differently. */
export const EVENT_SCHEMAS = {
  live: { promptStart: promptStart(ALLOWED.live), contentStart: contentStart(ALLOWED.live) },
  documented: { promptStart: promptStart(ALLOWED.documented), contentStart: contentStart(ALLOWED.documented) },
} as const;

export type ContentStart = z.infer<(typeof EVENT_SCHEMAS)['documented']['contentStart']>;

export const contentText = z.strictObject({ ...block, content: z.string() });
export const contentEnd = z.strictObject(block);
export const promptEnd = z.strictObject({ promptName: name });
export const sessionEnd = z.strictObject({});

/** One line that says what is wrong and where. */
export function describeProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'invalid';
  const where = issue.path.map(String).join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
