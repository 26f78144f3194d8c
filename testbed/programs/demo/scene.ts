/** Something said, as a person in the room would write it down. */
export interface Line {
  /** Since the call began. */
  readonly atMs: number;
  readonly endMs: number;
  readonly who: 'caller' | 'bot' | 'tool';
  readonly text: string;
}

/** What the caller's client was told; of RTVI's types only those that tell of words. */
export interface Told {
  readonly type: string;
  readonly data: unknown;
  readonly atMs: number;
}

interface BotOutput {
  readonly segment_id: number;
  readonly text: string;
  readonly spoken_status: string;
  readonly spoken_progress: { readonly accumulated_text: string };
}

/**
 * A call as it is told to the caller's client, turned into lines: of the caller's words those that the model understood,
 * of the bot's those that were heard.
 */
export class Scene {
  readonly #lines: Line[] = [];
  /** Sentences that are being spoken, by their number. */
  readonly #spoken = new Map<number, { readonly text: string; readonly atMs: number }>();

  /** All lines, in the order in which they began. */
  get lines(): readonly Line[] {
    return this.#lines.toSorted((a, b) => a.atMs - b.atMs);
  }

  /** What the bot is saying at the moment. */
  get current(): string | undefined {
    return [...this.#spoken.values()].at(-1)?.text;
  }

  /** Takes what was told; returns the line that is certain by now, if one is. */
  take({ type, data, atMs }: Told): Line | undefined {
    switch (type) {
      case 'user-transcription': {
        const { text, final } = data as { text: string; final?: boolean };
        return final === false ? undefined : this.#add({ atMs, endMs: atMs, who: 'caller', text });
      }
      case 'llm-function-call-in-progress': {
        const { function_name: name } = data as { function_name?: string };
        return this.#add({ atMs, endMs: atMs, who: 'tool', text: `${name ?? 'a tool'} is asked` });
      }
      case 'bot-output':
        return this.#onOutput(data as BotOutput, atMs);
      default:
        return undefined;
    }
  }

  #onOutput({ segment_id: id, text, spoken_status: status, spoken_progress: progress }: BotOutput, atMs: number) {
    const former = this.#spoken.get(id);
    if (status === 'in-progress' && former === undefined) {
      this.#spoken.set(id, { text, atMs });
      return undefined;
    }
    if (former === undefined || (status !== 'in-progress' && status !== 'completed')) return undefined;
    this.#spoken.delete(id);
    // Told a second time that it is being spoken, it was cut off there.
    const said = status === 'completed' ? text : `${progress.accumulated_text}— (cut off)`;
    return this.#add({ atMs: former.atMs, endMs: atMs, who: 'bot', text: said });
  }

  #add(line: Line): Line {
    this.#lines.push(line);
    return line;
  }
}

/** `   3.4 s  bot     Hello!` */
export function lineText({ atMs, who, text }: Line): string {
  return `${(atMs / 1000).toFixed(1).padStart(6)} s  ${who.padEnd(6)}  ${text}`;
}
