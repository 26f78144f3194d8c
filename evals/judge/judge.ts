import { createHash } from 'node:crypto';
import type {
  BedrockRuntimeClient,
  BedrockRuntimeClientConfig,
  ConverseCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import {
  type JudgeQuestion,
  PROMPT_VERSION,
  readVerdict,
  SYSTEM_PROMPT,
  type Verdict,
  VERDICT_SCHEMA,
  VERDICT_TOOL,
} from './question';
import type { KnownVerdicts } from './verdict-file';

/** What came of a question. `failed`: the judge, not the bot, is to blame. */
export type Judgement = ({ readonly kind: 'verdict' } & Verdict) | { readonly kind: 'failed'; readonly why: string };

export interface Judge {
  /** Never rejects. */
  ask(question: JudgeQuestion): Promise<Judgement>;
}

export interface ConverseJudgeOptions {
  /** A text model or inference profile that the account has. */
  readonly modelId: string;
  readonly region: string;
  /** Default: the SDK's own chain. */
  readonly credentials?: NonNullable<BedrockRuntimeClientConfig['credentials']>;
  /** Undefined is the region's public endpoint. */
  readonly endpoint?: string | undefined;
  readonly timeoutMs?: number;
  /** Verdicts of earlier runs, which are not paid for again; undefined: each question is asked. */
  readonly known?: KnownVerdicts | undefined;
}

/** An answer that is none is asked for once more. */
const ASKS = 2;
const TIMEOUT_MS = 20_000;
const MAX_TOKENS = 400;

/** A judge on Bedrock's Converse. The same question is asked once: of the same model, in the same words. */
export class ConverseJudge implements Judge {
  #client: BedrockRuntimeClient | undefined;
  readonly #o: ConverseJudgeOptions;
  readonly #asked = new Map<string, Promise<Judgement>>();
  /** Tokens that were used up to now. */
  readonly used = { input: 0, output: 0 };
  /** Questions that were put to it, and those of them that an earlier run had paid for. */
  readonly questions = { all: 0, known: 0 };

  constructor(options: ConverseJudgeOptions) {
    this.#o = options;
  }

  ask(question: JudgeQuestion): Promise<Judgement> {
    if (question.reply.trim() === '')
      return Promise.resolve({ kind: 'verdict', verdict: 'no', quote: '', reason: 'nothing was said' });
    const key = this.#keyOf(question);
    const before = this.#asked.get(key);
    if (before !== undefined) return before;
    this.questions.all += 1;
    const judgement = this.#knownOr(key, question);
    this.#asked.set(key, judgement);
    return judgement;
  }

  close(): void {
    this.#client?.destroy();
  }

  #keyOf({ criterion, caller, calls, reply }: JudgeQuestion): string {
    const facts = [this.#o.modelId, PROMPT_VERSION, criterion, caller, calls, reply];
    return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
  }

  /** Only verdicts are kept: a judge that failed is asked again. */
  async #knownOr(key: string, question: JudgeQuestion): Promise<Judgement> {
    const { known } = this.#o;
    const verdict = known?.get(key);
    if (verdict !== undefined) {
      this.questions.known += 1;
      return { kind: 'verdict', ...verdict };
    }
    const judgement = await this.#ask(question);
    if (judgement.kind === 'verdict') {
      const { verdict: said, quote, reason } = judgement;
      known?.keep(key, { verdict: said, quote, reason });
    }
    return judgement;
  }

  async #ask(question: JudgeQuestion): Promise<Judgement> {
    let why = '';
    for (let asks = 0; asks < ASKS; asks += 1) {
      let input: unknown;
      try {
        input = await this.#converse(question);
      } catch (error) {
        return { kind: 'failed', why: `the judge did not answer: ${nameOf(error)}` };
      }
      const verdict = readVerdict(input, question);
      if (typeof verdict !== 'string') return { kind: 'verdict', ...verdict };
      why = verdict;
    }
    return { kind: 'failed', why };
  }

  async #converse(question: JudgeQuestion): Promise<unknown> {
    const { modelId, timeoutMs = TIMEOUT_MS } = this.#o;
    const request: ConverseCommandInput = {
      modelId,
      system: [{ text: SYSTEM_PROMPT }],
      messages: [{ role: 'user', content: [{ text: JSON.stringify(question) }] }],
      inferenceConfig: { temperature: 0, maxTokens: MAX_TOKENS },
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: VERDICT_TOOL,
              description: 'Gives the verdict.',
              // A copy: the SDK's type of a document is not read-only.
              inputSchema: { json: JSON.parse(JSON.stringify(VERDICT_SCHEMA)) as Record<string, never> },
            },
          },
        ],
        toolChoice: { tool: { name: VERDICT_TOOL } },
      },
    };
    const sdk = await import('@aws-sdk/client-bedrock-runtime');
    const { region, endpoint, credentials } = this.#o;
    this.#client ??= new sdk.BedrockRuntimeClient({
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      maxAttempts: 3,
    });
    const abortSignal = AbortSignal.timeout(timeoutMs);
    const answer = await this.#client.send(new sdk.ConverseCommand(request), { abortSignal });
    this.used.input += answer.usage?.inputTokens ?? 0;
    this.used.output += answer.usage?.outputTokens ?? 0;
    return answer.output?.message?.content?.find(({ toolUse }) => toolUse?.name === VERDICT_TOOL)?.toolUse?.input;
  }
}

/** AWS's name of an error, and its words. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'it took too long';
  return `${error.name}: ${error.message}`;
}
