import type { RtviSession } from '../rtvi';
import type { SpeechSession, ToolRequest } from '../sonic';
import type { ToolRunner } from '../tools';
import type { CallStats } from './call-stats';

/** More tools at once than any sensible answer needs; the rest is refused. */
const MAX_PENDING = 8;

type ToolCallsOptions = { runner: ToolRunner; rtvi: RtviSession; stats: CallStats; callId: string };

/** The tool calls of one call: runs them beside the audio, tells the client, and answers the model exactly once each. */
export class ToolCalls {
  readonly #options: ToolCallsOptions;
  readonly #callEnded = new AbortController();
  #pending = 0;

  constructor(options: ToolCallsOptions) {
    this.#options = options;
  }

  get busy(): boolean {
    return this.#pending > 0;
  }

  /** Answers `request` through `session`. Never rejects; resolves when the model has been answered. */
  async handle(request: ToolRequest, session: Pick<SpeechSession, 'sendToolResult'>): Promise<void> {
    const { toolUseId, name, argumentsJson } = request;
    if (this.#pending >= MAX_PENDING) {
      session.sendToolResult(toolUseId, JSON.stringify({ error: 'Too many tools at once. Ask for fewer.' }));
      return;
    }
    this.#pending += 1;
    this.#options.rtvi.functionCallStarted();
    this.#options.rtvi.functionCallInProgress(toolUseId);
    const answer = await this.#options.runner.run(
      { name, argumentsJson, callId: this.#options.callId },
      this.#callEnded.signal,
    );
    this.#pending -= 1;
    const cancelled = this.#callEnded.signal.aborted;
    this.#options.rtvi.functionCallStopped(toolUseId, cancelled);
    if (!cancelled) session.sendToolResult(toolUseId, answer.json);
    const tool = answer.outcome === 'tool_unknown' ? 'unknown' : name;
    this.#options.stats.toolCalled(tool, answer.outcome, answer.durationMs);
  }

  /** The call ended: aborts running tools, whose answers are dropped. Idempotent. */
  close(): void {
    this.#callEnded.abort();
  }
}
