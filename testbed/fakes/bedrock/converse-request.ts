import { z } from 'zod';

/*
 * What Bedrock's Converse takes, as its API reference says (Message, ContentBlock, ToolConfiguration), with its words for what it refuses.
 */

const text = z.strictObject({
  text: z
    .string()
    .refine(
      (value) => value.trim() !== '',
      'The text field in the ContentBlock object is blank. Add text to the text field, and try again.',
    ),
});
const toolUseId = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);
const toolName = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);
const toolUse = z.strictObject({
  toolUse: z.strictObject({ toolUseId, name: toolName, input: z.record(z.string(), z.unknown()) }),
});
const toolResult = z.strictObject({
  toolResult: z.strictObject({
    toolUseId,
    content: z.array(z.union([text, z.strictObject({ json: z.unknown() })])).min(1),
    status: z.enum(['success', 'error']).optional(),
  }),
});
const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('user'), content: z.array(z.union([text, toolResult])).min(1) }),
  z.strictObject({ role: z.literal('assistant'), content: z.array(z.union([text, toolUse])).min(1) }),
]);
type Message = z.output<typeof message>;

/** What is wrong with the order of messages; undefined: nothing. */
function disorder(messages: readonly Message[]): string | undefined {
  if (messages[0]?.role !== 'user')
    return 'A conversation must start with a user message. Try again with a conversation that starts with a user message.';
  if (messages.some(({ role }, at) => role === messages[at + 1]?.role))
    return 'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.';
  if (messages.at(-1)?.role !== 'user')
    return 'A conversation must end with a user message. Try again with a conversation that ends with a user message.';
  for (const [at, { content }] of messages.entries()) {
    const used = (messages[at - 1]?.content ?? []).flatMap((one) => ('toolUse' in one ? [one.toolUse.toolUseId] : []));
    const answered = content.flatMap((one) => ('toolResult' in one ? [one.toolResult.toolUseId] : []));
    const open = used.filter((id) => !answered.includes(id));
    if (open.length > 0)
      return `Expected toolResult blocks at messages.${at}.content for the following Ids: ${open.join(', ')}`;
    if (answered.length > used.length)
      return `The number of toolResult blocks at messages.${at}.content exceeds the number of toolUse blocks of previous turn.`;
  }
  return undefined;
}

export const converseRequest = z
  .strictObject({
    messages: z
      .array(message)
      .min(1)
      .superRefine((messages, context) => {
        const wrong = disorder(messages);
        if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong });
      }),
    system: z.array(text).optional(),
    inferenceConfig: z
      .strictObject({
        maxTokens: z.int().min(1).optional(),
        temperature: z.number().min(0).max(1).optional(),
        topP: z.number().min(0).max(1).optional(),
      })
      .optional(),
    toolConfig: z
      .strictObject({
        tools: z
          .array(
            z.strictObject({
              toolSpec: z.strictObject({
                name: toolName,
                description: z.string().min(1).optional(),
                inputSchema: z.strictObject({ json: z.looseObject({ type: z.literal('object') }) }),
              }),
            }),
          )
          .min(1),
        toolChoice: z
          .union([
            z.strictObject({ tool: z.strictObject({ name: z.string() }) }),
            z.strictObject({ auto: z.strictObject({}) }),
            z.strictObject({ any: z.strictObject({}) }),
          ])
          .optional(),
      })
      .refine(
        ({ tools, toolChoice }) =>
          toolChoice === undefined ||
          !('tool' in toolChoice) ||
          tools.some(({ toolSpec }) => toolSpec.name === toolChoice.tool.name),
        'The toolChoice names a tool that is not among the tools.',
      )
      .optional(),
  })
  .refine(
    ({ messages, toolConfig }) =>
      toolConfig !== undefined ||
      messages.every(({ content }) => content.every((one) => !('toolUse' in one) && !('toolResult' in one))),
    'The toolConfig field must be defined when using toolUse and toolResult content blocks.',
  );

/** What was asked, of requests that were taken. */
export type ConverseRequest = z.output<typeof converseRequest>;
