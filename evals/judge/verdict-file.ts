import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { answer, type Verdict } from './question';

/** Verdicts that were given before, by the SHA-256 of all that they depend on: the model, its prompt, and what it is asked. */
export interface KnownVerdicts {
  get(key: string): Verdict | undefined;
  keep(key: string, verdict: Verdict): void;
}

/** A model changes behind its id: what it said longer ago is asked anew. */
const KEPT_FOR_MS = 30 * 24 * 60 * 60 * 1000;

const line = z.strictObject({ key: z.hash('sha256'), atMs: z.number(), verdict: answer });

/** Verdicts in a file, JSON by the line, for 30 days. A line that is none is passed over: its question is asked again. */
export class VerdictFile implements KnownVerdicts {
  readonly #file: string;
  readonly #nowMs: () => number;
  readonly #known: Map<string, Verdict>;

  private constructor(file: string, nowMs: () => number, known: Map<string, Verdict>) {
    this.#file = file;
    this.#nowMs = nowMs;
    this.#known = known;
  }

  /** What is too old is taken out of the file. */
  static open(file: string, nowMs: () => number = Date.now): VerdictFile {
    const written = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    const all = written.flatMap((text) => read(text) ?? []);
    const recent = all.filter(({ atMs }) => nowMs() - atMs <= KEPT_FOR_MS);
    mkdirSync(path.dirname(file), { recursive: true });
    if (recent.length < written.length) writeFileSync(file, recent.map((one) => `${JSON.stringify(one)}\n`).join(''));
    return new VerdictFile(file, nowMs, new Map(recent.map(({ key, verdict }) => [key, verdict])));
  }

  get(key: string): Verdict | undefined {
    return this.#known.get(key);
  }

  keep(key: string, verdict: Verdict): void {
    this.#known.set(key, verdict);
    try {
      appendFileSync(this.#file, `${JSON.stringify({ key, atMs: this.#nowMs(), verdict })}\n`);
    } catch {
      // What cannot be written is asked again another time.
    }
  }
}

function read(text: string): z.output<typeof line> | undefined {
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
