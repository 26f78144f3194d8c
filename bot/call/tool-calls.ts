import type { ToolWaiting } from '../../contract/waiting';
import { BotError } from '../errors';
import type { CallRecorder } from '../records';
import type { RtviSession } from '../rtvi';
import type { SpeechSession, ToolRequest } from '../sonic';
import { type CallFacts, failure, type ToolAnswer, ToolLedger, type ToolRunner, uncorrected } from '../tools';
import type { CallStats } from './call-stats';

/** More tools at once than any sensible answer needs; the rest is refused. */
const MAX_PENDING = 8;

const WAITING = { sound: 'soft', words: 'notice', nothing: 'off' } as const satisfies Record<string, ToolWaiting>;
/** So often in a turn of the caller's a model may correct its arguments. */
const CORRECTIONS_PER_TURN = 2;

interface ToolCallsOptions {
  readonly runner: ToolRunner;
  readonly rtvi: RtviSession;
  readonly stats: CallStats;
  readonly record: Pick<CallRecorder, 'toolContent'> | undefined;
  /** What tools are told of the call. */
  readonly call: Omit<CallFacts, 'ledger'>;
  /** Whether the client is told names, arguments and results. */
  readonly showsToolCalls: boolean;
  /** One more in the same turn of the caller is refused: a model that loops would let the caller wait for ever. */
  readonly maxPerTurn: number;
}

/** The tool calls of one call: runs them beside the audio, tells the client, and answers the model exactly once each. */
export class ToolCalls {
  #options: ToolCallsOptions;
  readonly #callEnded = new AbortController();
  readonly #ledger = new ToolLedger();
  readonly #kept: Record<string, string> = {};
  #pending = 0;
  #thisTurn = 0;
  #invalidThisTurn = 0;
  #isModelGone = false;

  constructor(options: ToolCallsOptions) {
    this.#options = options;
  }

  /** Another agent has the call: its tools from now on. What ran once, and what was agreed to, stays known. */
  use(runner: ToolRunner, { agent, variables }: Pick<CallFacts, 'agent' | 'variables'>): void {
    const { call } = this.#options;
    this.#options = { ...this.#options, runner, call: { ...call, agent, variables } };
  }

  /** How many are at work. */
  get pending(): number {
    return this.#pending;
  }

  /** The call's data as tools are given it: the agent's variables, and what was collected since. */
  get variables(): CallFacts['variables'] {
    return { ...this.#options.call.variables, ...this.#kept };
  }

  /** Tools that are called from now on are given this, too, whoever the agent is. */
  keep(name: string, value: string): void {
    this.#kept[name] = value;
  }

  /** The caller said, or typed, something anew. */
  callerSaid(text: string): void {
    this.#thisTurn = 0;
    this.#invalidThisTurn = 0;
    this.#ledger.confirmation.callerSaid(text);
  }

  /** The caller has heard this of the bot. */
  botHeard(text: string): void {
    this.#ledger.confirmation.botHeard(text);
  }

  /** What the caller hears who waits for this tool; undefined: as the bot is set. */
  waitingFor({ name }: ToolRequest): ToolWaiting | undefined {
    const meanwhile = this.#options.runner.meanwhile(name);
    return typeof meanwhile === 'string' ? WAITING[meanwhile] : meanwhile;
  }

  /** Answers `request` through `session`. Never rejects; resolves when the model has been answered. */
  async handle(request: ToolRequest, session: Pick<SpeechSession, 'sendToolResult'>): Promise<void> {
    const { toolUseId, name } = request;
    const { rtvi, runner, stats, record, showsToolCalls, call } = this.#options;
    const refusal = this.#refusal();
    this.#thisTurn += 1;
    if (refusal !== undefined) {
      const { outcome, json } = failure(refusal);
      session.sendToolResult(toolUseId, json);
      stats.toolCalled(runner.offers(name) ? name : 'unknown', outcome, 0);
      return;
    }
    this.#pending += 1;
    rtvi.functionCallStarted();
    if (showsToolCalls) rtvi.functionCallInProgress(toolUseId, name, parsed(request.argumentsJson));
    else rtvi.functionCallInProgress(toolUseId);
    const answer = await this.#run(request);
    this.#pending -= 1;
    const shown = showsToolCalls ? { name, result: runner.hides(name) ? 'private' : forDeveloper(answer) } : undefined;
    rtvi.functionCallStopped(toolUseId, this.#callEnded.signal.aborted, shown);
    // A stream that did not ask is told in words that stay in the history; and so is whoever has taken the call over.
    const forOthers = runner.withoutPrivate(name, answer.json);
    const isOthers = this.#options.call.agent !== call.agent;
    if (!this.#isModelGone) session.sendToolResult(toolUseId, isOthers ? forOthers : answer.json, forOthers);
    record?.toolContent(() => ({ arguments: parsed(request.argumentsJson), result: parsed(forOthers) }));
    stats.toolCalled(runner.offers(name) ? name : 'unknown', answer.outcome, answer.durationMs);
  }

  /**
   * The call ends: aborts running tools. `isModelGone`: nobody is left to be answered; a model that is still to say
   * goodbye would wait for its tools in silence. Idempotent.
   */
  close(isModelGone: boolean): void {
    this.#isModelGone = isModelGone;
    this.#callEnded.abort();
  }

  async #run(request: ToolRequest): Promise<ToolAnswer> {
    const { runner, call } = this.#options;
    const facts = { ...call, variables: this.variables, ledger: this.#ledger };
    const answer = await runner.run({ ...request, call: facts }, this.#callEnded.signal);
    if (answer.outcome !== 'tool_arguments_invalid') return answer;
    this.#invalidThisTurn += 1;
    return this.#invalidThisTurn > CORRECTIONS_PER_TURN ? uncorrected(answer) : answer;
  }

  #refusal(): BotError | undefined {
    if (this.#pending >= MAX_PENDING) return new BotError('tool_refused', 'Too many lookups at once.');
    if (this.#thisTurn < this.#options.maxPerTurn) return undefined;
    return new BotError('tool_refused', 'That was the last lookup for this turn.');
  }
}

/** What the model is told, and why it failed, which the model is not told. */
function forDeveloper({ json, reason }: ToolAnswer): unknown {
  const told = parsed(json);
  return reason === undefined || typeof told !== 'object' ? told : { ...told, reason };
}

/** JSON as it was written, which may be none. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json === '' ? '{}' : json);
  } catch {
    return json;
  }
}
