import type { BotError } from '../../bot/errors';
import type { Rotation, SessionEnd, SpeechEvents, ToolRequest, Transcript, Usage } from '../../bot/sonic/speech-model';

/** Writes down what a speech model tells its call, one line each; audio as a sum of samples. */
export class RecordingSpeechEvents implements SpeechEvents {
  readonly lines: string[] = [];
  readonly tools: ToolRequest[] = [];
  readonly errors: BotError[] = [];
  readonly ends: SessionEnd[] = [];
  readonly usage: Usage[] = [];
  readonly rotations: Rotation[] = [];
  timesAskedAgain = 0;
  timesCallerFinished = 0;
  audioSamples = 0;
  readonly #waiting: { readonly line: string; readonly resolve: () => void }[] = [];

  onAudio(pcm24k: Int16Array): void {
    if (this.lines.at(-1) !== 'audio') this.#note('audio');
    this.audioSamples += pcm24k.length;
  }

  onTranscript({ role, text, stage }: Transcript): void {
    this.#note(`${role === 'user' ? 'user' : stage}: ${text}`);
  }

  onCallerFinished(): void {
    this.timesCallerFinished += 1;
  }

  onTurnStarted(): void {
    this.#note('turn started');
  }

  onTurnEnded(): void {
    this.#note('turn ended');
  }

  onInterrupted(): void {
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

  onRotated(rotation: Rotation): void {
    this.rotations.push(rotation);
    this.#note(rotation.forced ? 'rotated by force' : 'rotated');
  }

  onEnd(end: SessionEnd): void {
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
