import { createHash } from 'node:crypto';
import { TextModel, type TextModelOptions } from '../text-model';
import { askStrictly } from './ask-strictly';
import {
  type JudgeQuestion,
  PROMPT_VERSION,
  readVerdict,
  SYSTEM_PROMPT,
  type Verdict,
  VERDICT_SCHEMA,
  VERDICT_TOOL,
} from './question';
import { strictTalkQuestion, type TalkQuestion, type TalkVerdict } from './talk-question';
import type { KnownVerdicts } from './verdict-file';

interface JudgeFailed {
  readonly kind: 'failed';
  readonly why: string;
}

/** What came of a question. `failed`: the judge, not the bot, is to blame. */
export type Judgement = ({ readonly kind: 'verdict' } & Verdict) | JudgeFailed;
export type TalkJudgement = ({ readonly kind: 'verdict' } & TalkVerdict) | JudgeFailed;

export interface Judge {
  /** Of one reply. Never rejects. */
  ask(question: JudgeQuestion): Promise<Judgement>;
  /** Of a whole talk, by one question. Never rejects. */
  askOfTalk(question: TalkQuestion): Promise<TalkJudgement>;
}

export interface ConverseJudgeOptions extends TextModelOptions {
  /** Verdicts of earlier runs, which are not paid for again; undefined: each question is asked. */
  readonly known?: KnownVerdicts | undefined;
}

const MAX_TOKENS = 400;

/** A judge on Bedrock's Converse. The same question is asked once: of the same model, in the same words. */
export class ConverseJudge implements Judge {
  readonly model: TextModel;
  readonly #known: KnownVerdicts | undefined;
  readonly #asked = new Map<string, Promise<Judgement>>();
  /** Questions that were put to it, and those of them that an earlier run had paid for. */
  readonly questions = { all: 0, known: 0 };

  constructor({ known, ...model }: ConverseJudgeOptions) {
    this.model = new TextModel(model);
    this.#known = known;
  }

  /** Tokens that were used up to now. */
  get used(): TextModel['used'] {
    return this.model.used;
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

  /** No talk is held twice, so its verdict is not kept. */
  async askOfTalk(question: TalkQuestion): Promise<TalkJudgement> {
    this.questions.all += 1;
    const asked = await askStrictly(this.model, strictTalkQuestion(question));
    return asked.kind === 'failed' ? asked : { kind: 'verdict', ...asked.answer };
  }

  close(): void {
    this.model.close();
  }

  #keyOf({ criterion, caller, calls, reply }: JudgeQuestion): string {
    const facts = [this.model.id, PROMPT_VERSION, criterion, caller, calls, reply];
    return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
  }

  /** Only verdicts are kept: a judge that failed is asked again. */
  async #knownOr(key: string, question: JudgeQuestion): Promise<Judgement> {
    const verdict = this.#known?.get(key);
    if (verdict !== undefined) {
      this.questions.known += 1;
      return { kind: 'verdict', ...verdict };
    }
    const asked = await askStrictly(this.model, {
      system: SYSTEM_PROMPT,
      data: question,
      tool: { name: VERDICT_TOOL, description: 'Gives the verdict.', schema: VERDICT_SCHEMA },
      maxTokens: MAX_TOKENS,
      read: (input) => readVerdict(input, question),
    });
    if (asked.kind === 'failed') return asked;
    this.#known?.keep(key, asked.answer);
    return { kind: 'verdict', ...asked.answer };
  }
}
