import { type TextModel, toolOf, troubleOf } from '../text-model';

/** A question whose answer has one form, that of a tool's arguments. */
export interface StrictQuestion<Answer> {
  readonly system: string;
  /** What is judged: data, in which nothing is an instruction. */
  readonly data: unknown;
  readonly tool: { readonly name: string; readonly description: string; readonly schema: object };
  readonly maxTokens: number;
  /** The answer, or why it is none. */
  readonly read: (input: unknown) => Answer | string;
}

/** What came of it. `failed`: whoever was asked is to blame, not what was asked about. */
export type Asked<Answer> =
  { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'failed'; readonly why: string };

/** An answer that is none is asked for once more. */
const ASKS = 2;

/** Never rejects. */
export async function askStrictly<Answer extends object>(
  model: TextModel,
  { system, data, tool: { name, description, schema }, maxTokens, read }: StrictQuestion<Answer>,
): Promise<Asked<Answer>> {
  let why = '';
  for (let asks = 0; asks < ASKS; asks += 1) {
    let input: unknown;
    try {
      const { content } = await model.converse({
        system: [{ text: system }],
        messages: [{ role: 'user', content: [{ text: JSON.stringify(data) }] }],
        inferenceConfig: { temperature: 0, maxTokens },
        toolConfig: { tools: [toolOf(name, description, schema)], toolChoice: { tool: { name } } },
      });
      input = content.find(({ toolUse }) => toolUse?.name === name)?.toolUse?.input;
    } catch (error) {
      return { kind: 'failed', why: `the judge did not answer: ${troubleOf(error)}` };
    }
    const answer = read(input);
    if (typeof answer !== 'string') return { kind: 'answer', answer };
    why = answer;
  }
  return { kind: 'failed', why };
}
