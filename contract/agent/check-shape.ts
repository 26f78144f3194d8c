import { z } from 'zod';
import { CONSENT_MODES, keepsAt, RECORD_LEVELS } from '../call-record';

/*
 * The shape of a definition. TypeScript says the same in an editor, but nothing compiles an agent before it runs, and a
 * misspelled name would be left out in silence.
 */

const words = z.string().min(1).max(1_000);
const sentence = z.string().min(1).max(300);
const schema = (kind: 'object' | 'any', rule: string): z.ZodType =>
  z.custom(
    (value) => {
      const def = (value as { readonly def?: { readonly type?: unknown } } | null | undefined)?.def;
      return kind === 'any' ? typeof def?.type === 'string' : def?.type === 'object';
    },
    { error: rule },
  );
const objectSchema = schema('object', 'must be a z.object({…})');
const secretReference = z.strictObject({ kind: z.literal('secret'), name: z.string() });

const RULES = {
  description: words,
  timeoutMs: z.int().min(100).max(20_000).optional(),
  meanwhile: z.union([z.enum(['sound', 'words', 'nothing']), z.strictObject({ say: sentence })]).optional(),
  runs: z.enum(['any', 'once']).optional(),
  confirm: sentence.optional(),
  private: z.array(z.string().regex(/^\w+(\.\w+)*$/)).optional(),
};

const access = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bearer'), token: secretReference }),
  z.strictObject({
    kind: z.literal('oauth-client'),
    clientId: words,
    clientSecret: secretReference,
    issuer: z.url({ protocol: /^https$/ }),
    scope: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('aws-signature'),
    gatewayArn: z.string().regex(/^arn:aws[a-z-]*:bedrock-agentcore:[a-z0-9-]+:\d{12}:gateway\/[A-Za-z0-9-]+$/),
  }),
]);

const tool = z.discriminatedUnion('kind', [
  z.strictObject({
    ...RULES,
    kind: z.literal('code'),
    arguments: objectSchema,
    load: z.custom((value) => typeof value === 'function', { error: 'must be () => import(…)' }),
    secrets: z.array(z.string()).optional(),
    hosts: z.array(z.string().regex(/^(?!-)[a-z0-9.-]+(:\d{1,5})?$/)).optional(),
  }),
  z.strictObject({
    ...RULES,
    kind: z.literal('http'),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    url: z.string(),
    arguments: objectSchema.optional(),
    headers: z
      .record(
        z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
        z.union([
          z.string().regex(/^[\x20-\x7e]*$/),
          secretReference,
          z.strictObject({ kind: z.literal('secret-text'), prefix: z.string(), secret: secretReference }),
        ]),
      )
      .optional(),
    query: z.array(z.string()).optional(),
    answer: schema('any', 'must be a zod schema').optional(),
    errors: z.record(z.string().regex(/^[45]\d\d$/), sentence).optional(),
  }),
  z.strictObject({
    ...RULES,
    kind: z.literal('lambda'),
    function: z
      .string()
      .regex(/^(arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:)?[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]{1,128})?$/),
    arguments: objectSchema.optional(),
    variables: z.array(z.string()).optional(),
    answer: schema('any', 'must be a zod schema').optional(),
  }),
  z.strictObject({
    kind: z.literal('mcp'),
    url: z.string(),
    access: access.optional(),
    tools: z.record(
      z.string(),
      z.union([
        z.string().min(1).max(128),
        z.strictObject({
          ...RULES,
          description: words.optional(),
          tool: z.string().min(1).max(128),
          fixed: z.record(z.string(), z.unknown()).optional(),
          pin: z
            .string()
            .regex(/^sha256-[0-9a-f]{64}$/)
            .optional(),
        }),
      ]),
    ),
    isOptional: z.boolean().optional(),
    acceptsChanges: z.boolean().optional(),
  }),
  z.strictObject({
    ...RULES,
    kind: z.literal('knowledge'),
    source: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('folder'), folder: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) }),
      z.strictObject({
        kind: z.literal('bedrock'),
        knowledgeBaseId: z.string().regex(/^[0-9A-Z]{10}$/),
        minScore: z.number().min(0).max(1).optional(),
      }),
    ]),
    passages: z.int().min(1).max(3),
  }),
  z.strictObject({ ...RULES, kind: z.literal('end-call') }),
  z.strictObject({ ...RULES, kind: z.literal('stop-recording') }),
  z.strictObject({ ...RULES, kind: z.literal('handoff'), to: z.string() }),
  z.strictObject({
    ...RULES,
    kind: z.literal('transfer'),
    to: z
      .record(
        z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/),
        z.strictObject({ when: sentence, isWarm: z.boolean().optional() }),
      )
      .refine((to) => Object.keys(to).length >= 1 && Object.keys(to).length <= 16, 'must name 1 to 16 destinations'),
  }),
  z.strictObject({
    ...RULES,
    kind: z.literal('collect'),
    value: z.enum(['digits', 'date', 'time', 'name', 'phone-number', 'email', 'text']),
    asks: z.string().min(1).max(120),
    length: z.union([z.int().min(1).max(64), z.tuple([z.int().min(1).max(64), z.int().min(1).max(64)])]).optional(),
    isSecret: z.boolean().optional(),
  }),
]);

const definition = z.strictObject({
  prompt: z.string().min(1).optional(),
  greeting: z.string().min(1).max(1_000).optional(),
  voice: z
    .string()
    .regex(/^[a-z]{2,32}$/)
    .optional(),
  language: z.string().optional(),
  timeZone: z
    .string()
    .refine(isTimeZone, { error: 'must be a time zone of the IANA database, such as Europe/London' })
    .optional(),
  endpointing: z.enum(['HIGH', 'MEDIUM', 'LOW']).optional(),
  limits: z
    .strictObject({
      maxCallMinutes: z.int().min(1).max(1_440).optional(),
      callerSilenceSeconds: z.int().min(10).max(3_600).optional(),
      toolCallsPerTurn: z.int().min(1).max(50).optional(),
    })
    .optional(),
  records: z
    .strictObject({
      level: z.enum(RECORD_LEVELS).optional(),
      consent: z.enum(CONSENT_MODES).optional(),
      toolContent: z.boolean().optional(),
    })
    .refine(({ level = 'metadata', toolContent }) => toolContent !== true || keepsAt(level, 'transcript'), {
      error: 'must have the level transcript or recording where toolContent is true',
    })
    .optional(),
  tools: z.record(z.string(), tool).optional(),
  variables: objectSchema.optional(),
});

/** What is wrong with the shape of a definition: `tools.find_slot.url must be …`; no value is quoted. */
export function shapeProblems(value: unknown): string[] {
  const { error } = definition.safeParse(value);
  return (error?.issues ?? []).map(({ path, ...issue }) => {
    if (path.length === 0 && issue.code === 'invalid_type') return 'the default export must be made by defineAgent';
    const field = path.length === 0 ? 'the default export' : path.join('.');
    return `${field} ${ruleOf(issue)}`;
  });
}

function ruleOf(issue: Omit<z.core.$ZodIssue, 'path'>): string {
  const { code, message } = issue;
  if (message.startsWith('must ')) return message;
  if (code === 'unrecognized_keys' && 'keys' in issue) {
    return `must not have ${(issue.keys as readonly string[]).join(', ')}, which nothing reads`;
  }
  if (code === 'invalid_key') return 'must be a name by the rule for it';
  if (code === 'invalid_format' && 'pattern' in issue) return `must match ${String(issue.pattern)}`;
  return `must be right: ${message}`;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
