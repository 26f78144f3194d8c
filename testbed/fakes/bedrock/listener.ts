import type { DeclaredTool } from './events';
import type { HeardAudio } from './heard';
import { isObject } from './input';
import { Memory } from './memory';
import type { NamedRecording, Recogniser } from './recogniser';
import { answerText, splitSentences, type Reply } from './responder';
import type { TextRole } from './text-rules';

export interface ListenerOptions {
  readonly tools: readonly DeclaredTool[];
  readonly recogniser: Recogniser;
  readonly heard: HeardAudio;
}

/** What was understood of the caller's words, spoken or typed, and what is to be replied. Remembers both sides' words. */
export class Listener {
  readonly #o: ListenerOptions;
  readonly #memory = new Memory();
  /** A tool's use that is to come again once the caller has agreed to it. */
  #lastUse: Extract<Reply, { kind: 'use-tool' }> | undefined;
  #isToBeAgreed = false;

  constructor(options: ListenerOptions) {
    this.#o = options;
  }

  /** An utterance of which the samples in `[start, end)` were heard. */
  spoken(startSample: number, endSample: number): { readonly words: string; readonly reply: Reply } {
    const utterance = this.#o.heard.slice(startSample, endSample);
    const recording = this.#o.recogniser.recognise(utterance);
    const seconds = (utterance.length / 16_000).toFixed(1);
    const words = recording?.words ?? `[${seconds} seconds of speech]`;
    const reply = this.#noted(this.#agreed(words) ?? this.#replyTo(recording, seconds));
    this.#memory.add('USER', words);
    return { words, reply };
  }

  typed(text: string): Reply {
    const reply = this.#noted(this.#agreed(text) ?? answerText(text, this.#o.tools, this.#memory));
    this.#memory.add('USER', text);
    return reply;
  }

  /** A tool's result: whether it asks for the caller's agreement. */
  toolResult(json: string): void {
    const result: unknown = JSON.parse(json);
    this.#isToBeAgreed = isObject(result) && typeof result['ask'] === 'string';
  }

  /** After a yes, the use that was read back comes again; whatever else is said, not. */
  #agreed(words: string): Reply | undefined {
    const use = this.#isToBeAgreed ? this.#lastUse : undefined;
    this.#isToBeAgreed = false;
    return /^yes\b/i.test(words.trim()) ? use : undefined;
  }

  #noted(reply: Reply): Reply {
    if (reply.kind === 'use-tool') this.#lastUse = reply;
    return reply;
  }

  /** Prompt or history. */
  read(role: TextRole, text: string): void {
    this.#memory.add(role, text);
  }

  #replyTo(recording: NamedRecording | undefined, seconds: string): Reply {
    const { tools } = this.#o;
    if (recording?.treatAs !== undefined) return answerText(recording.treatAs, tools, this.#memory);
    if (recording?.reply !== undefined) return { kind: 'say', sentences: splitSentences(recording.reply) };
    if (recording !== undefined) return answerText(recording.words, tools, this.#memory);
    return { kind: 'say', sentences: [`I heard ${seconds} seconds of speech, but I cannot understand words.`] };
  }
}
