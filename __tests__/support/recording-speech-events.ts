import type { BotError } from '../../bot/errors';
import type { Clock } from '../../bot/time';
import { Listener } from './listener';
import type { Rotation, SessionEnd, SpeechEvents, ToolRequest, Transcript, Usage } from '../../bot/sonic/speech-model';

/** Listens, and writes down what a speech model tells its call, one line each; audio as a sum of samples. */
export class RecordingSpeechEvents implements SpeechEvents {
  readonly hearing: Listener;
  readonly lines: string[] = [];
  readonly tools: ToolRequest[] = [];
  readonly errors: BotError[] = [];
  readonly ends: SessionEnd[] = [];
  readonly usage: Usage[] = [];
  readonly rotations: Rotation[] = [];
  readonly #announced = new Set<string>();
  timesAskedAgain = 0;
  timesCallerFinished = 0;
  audioSamples = 0;
  readonly #waiting: { readonly line: string; readonly resolve: () => void }[] = [];

  constructor(clock?: Clock) {
    this.hearing = new Listener((text) => {
      // How many words of a sentence that was cut off were heard is for the machine's load to say.
      if (this.#announced.has(text)) this.#note(`final: ${text}`);
    }, clock);
  }

  onAudio(pcm24k: Int16Array): void {
    this.hearing.audio(pcm24k);
    if (this.lines.at(-1) !== 'audio') this.#note('audio');
    this.audioSamples += pcm24k.length;
  }

  onTranscript({ role, text, stage }: Transcript): void {
    if (role === 'assistant') {
      this.#announced.add(text);
      this.hearing.sentence(text);
    }
    this.#note(`${role === 'user' ? 'user' : stage}: ${text}`);
  }

  onCallerFinished(): void {
    this.timesCallerFinished += 1;
  }

  onTurnStarted(): void {
    this.#note('turn started');
  }

  onTurnEnded(isBroken: boolean): void {
    this.hearing.endOfAnswer(isBroken);
    this.#note('turn ended');
  }

  onInterrupted(by: 'caller' | 'stream'): void {
    this.hearing.interrupted(by);
    this.#note('interrupted');
  }

  onToolUse(request: ToolRequest): void {
    this.tools.push(request);
    this.#note(`tool ${request.name}`);
  }

  onUsage(usage: Usage): void {
    this.usage.push(usage);
  }

  onReconnecting(cause: BotError, attempt: number): void {
    this.errors.push(cause);
    this.#note(`reconnecting ${attempt} ${cause.code}`);
  }

  onReconnected(): void {
    this.#note('reconnected');
  }

  onAskedAgain(): void {
    this.timesAskedAgain += 1;
  }

  onHandedOver(gapMs: number): void {
    this.#note(`handed over after ${gapMs} ms`);
  }

  onHandoverFailed(): void {
    this.#note('handover failed');
  }

  onRotated(rotation: Rotation): void {
    this.rotations.push(rotation);
    this.#note(rotation.forced ? 'rotated by force' : 'rotated');
  }

  onEnd(end: SessionEnd): void {
    this.hearing.close();
    this.ends.push(end);
    this.#note(end.kind === 'closed' ? 'closed' : `failed ${end.error.code}`);
  }

  /** Resolves when a line that starts with `line` has been written, now or later. */
  async waitFor(line: string): Promise<void> {
    if (this.lines.some((written) => written.startsWith(line))) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push({ line, resolve });
    });
  }

  /** Takes what was written so far. */
  take(): string[] {
    return this.lines.splice(0);
  }

  #note(line: string): void {
    this.lines.push(line);
    for (const waiter of this.#waiting) if (line.startsWith(waiter.line)) waiter.resolve();
  }
}
