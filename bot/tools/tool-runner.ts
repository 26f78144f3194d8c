import { z } from 'zod';
import { isToolError, type Meanwhile } from '../../contract/agent';
import { canonicalJson } from '../../contract/digest';
import { BotError } from '../errors';
import type { Clock } from '../time';
import { withoutPaths } from './rules/private';
import { readBack, unconfirmed } from './rules/read-back';
import type { ToolLedger } from './rules/ledger';
import { resultJson } from './rules/result';
import { modelSchema, type ModelSchema } from './schema/model-schema';
import { type Tool, ToolFailure } from './tool';
import { failure, type ToolAnswer } from './tool-answer';

/** A stream whose tool is not answered waits in silence, and its service ends it after some 55 s. */
const MAX_TIMEOUT_MS = 35_000;

/** What a tool is told of the call that calls it. */
export interface CallFacts {
  readonly callId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly agent: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly ledger: ToolLedger;
}

/** One request of the model's. */
export interface RunRequest {
  readonly name: string;
  /** As the model wrote it. */
  readonly argumentsJson: string;
  readonly toolUseId: string;
  readonly call: CallFacts;
}

/** A tool, and its arguments as the model is told of them: made once, because a call is no time for it. */
interface OfferedTool {
  readonly tool: Tool;
  readonly schema: ModelSchema;
}

/** A tool as the model is told of it. */
export interface ToolDescription {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Record<string, unknown>;
}

/**
 * Runs the model's requests: arguments checked, time bounded, every request answered exactly once, nothing thrown. What a
 * tool says of itself is kept here, whatever its kind: `runs`, `confirm`, and how long a result may be.
 */
export class ToolRunner {
  readonly #tools: ReadonlyMap<string, OfferedTool>;
  readonly #clock: Clock;
  readonly #language: string;
  readonly #descriptions: readonly ToolDescription[];

  /**
   * @param language of what is read back and what callers say when they agree, as a BCP 47 tag
   * @throws BotError `config_invalid` for a name that stands twice, arguments that the model cannot be told of, and a tool
   * that may take longer than its stream would live
   */
  constructor(tools: readonly Tool[], clock: Clock, language = 'en-US') {
    const offered = tools.map((tool) => ({
      tool,
      schema: modelSchema(tool.jsonSchema ?? { ...z.toJSONSchema(tool.schema, { io: 'input' }) }, tool.name),
    }));
    this.#tools = new Map(offered.map((one) => [one.tool.name, one]));
    this.#clock = clock;
    this.#language = language;
    const twice = tools.find(({ name }, index) => tools.findIndex((other) => other.name === name) !== index);
    if (twice !== undefined) throw new BotError('config_invalid', `Two tools are named ${twice.name}.`);
    const slow = tools.find(({ timeoutMs }) => timeoutMs > MAX_TIMEOUT_MS);
    if (slow !== undefined) {
      const rule = `timeoutMs must be at most ${MAX_TIMEOUT_MS}`;
      throw new BotError('config_invalid', `The tool ${slow.name} cannot be given to the model: ${rule}.`);
    }
    this.#descriptions = offered.map(({ tool: { name, description }, schema: { inputSchema } }) => ({
      name,
      description,
      inputSchema,
    }));
  }

  /** Whether a tool of this name is offered. */
  offers(name: string): boolean {
    return this.#tools.has(name);
  }

  /** What a caller hears who waits for it; undefined: as for every tool. */
  meanwhile(name: string): Meanwhile | undefined {
    return this.#tools.get(name)?.tool.rules?.meanwhile;
  }

  /** Whether something in its results is for the model alone. */
  hides(name: string): boolean {
    return this.#privatePaths(name).length > 0;
  }

  /** What anybody but the model that asked may be told of a result of its, JSON text. */
  withoutPrivate(name: string, json: string): string {
    return withoutPaths(json, this.#privatePaths(name));
  }

  describe(): readonly ToolDescription[] {
    return this.#descriptions;
  }

  /** Never rejects. `signal` ends the run when the call ends. */
  async run(request: RunRequest, signal: AbortSignal): Promise<ToolAnswer> {
    const startedMs = this.#clock.nowMs();
    const answered = (answer: Omit<ToolAnswer, 'durationMs'>): ToolAnswer => ({
      ...answer,
      durationMs: this.#clock.nowMs() - startedMs,
    });
    const offered = this.#tools.get(request.name);
    if (offered === undefined) return answered(failure(new BotError('tool_unknown', 'There is no such tool.')));
    const { tool } = offered;
    const isOnce = tool.rules?.runs === 'once';
    try {
      const { given, args } = parseArguments(offered, request.argumentsJson);
      // Where the sentence is made of the arguments as the schema has them, so is what was agreed to.
      const agreed = typeof tool.rules?.confirm === 'function' ? args : given;
      const exactly = `${tool.identity ?? tool.name} ${canonicalJson(agreed)}`;
      const { ledger } = request.call;
      const first = isOnce ? ledger.firstAnswer(exactly) : undefined;
      if (first !== undefined) return await first;
      const refusal = this.#refusal(tool, exactly, { given, args }, ledger);
      if (refusal !== undefined) return answered(refusal);
      const run = async (): Promise<ToolAnswer> => answered(await this.#runInTime(tool, args, request, signal));
      return isOnce ? await ledger.runOnce(exactly, run) : await run();
    } catch (error) {
      return answered(failure(BotError.from(error, 'tool_failed', 'That could not be looked up.')));
    }
  }

  #privatePaths(name: string): readonly string[] {
    return this.#tools.get(name)?.tool.rules?.private ?? [];
  }

  /** Why a tool does not run now: its caller has not agreed, or the call has had all it may have. */
  #refusal(
    tool: Tool,
    exactly: string,
    { given, args }: { readonly given: unknown; readonly args: unknown },
    ledger: ToolLedger,
  ): Omit<ToolAnswer, 'durationMs'> | undefined {
    const template = tool.rules?.confirm;
    if (template !== undefined) {
      const sentence =
        typeof template === 'string'
          ? readBack(template, given, this.#language)
          : template(args as Readonly<Record<string, unknown>>);
      const consent = ledger.confirmation.of(exactly, sentence, this.#language);
      if (consent.kind !== 'given') {
        return { outcome: 'tool_unconfirmed', json: unconfirmed(consent, sentence), mayHaveRun: false };
      }
    }
    if (ledger.count()) return undefined;
    return failure(new BotError('tool_refused', 'That was the last lookup for this call.'));
  }

  async #runInTime(
    tool: Tool,
    args: unknown,
    { toolUseId, call: { callId, startedAt, agent, variables } }: RunRequest,
    signal: AbortSignal,
  ): Promise<Omit<ToolAnswer, 'durationMs'>> {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    let stop: (error: ToolFailure) => void = () => undefined;
    const stopped = new Promise<never>((_resolve, reject) => (stop = reject));
    const timer = this.#clock.after(tool.timeoutMs, () => {
      stop(new ToolFailure('That took too long.', { code: 'tool_timed_out', mayHaveRun: true }));
      abort();
    });
    controller.signal.addEventListener('abort', () => {
      stop(new ToolFailure('The call has ended.', { mayHaveRun: true }));
    });
    const { signal: runs } = controller;
    const idempotencyKey = `${callId}-${toolUseId}`;
    const language = this.#language;
    const context = { callId, startedAt, agent, language, variables, signal: runs, idempotencyKey };
    let hasRun = false;
    try {
      const result = await Promise.race([tool.run(args, context), stopped]);
      hasRun = true;
      return { outcome: 'ok', json: resultJson(result, tool.maxResultBytes), mayHaveRun: true };
    } catch (error) {
      const failed = failureOf(error);
      return failure(
        failed,
        hasRun || (failed instanceof ToolFailure && failed.mayHaveRun),
        tool.rules?.runs === 'once',
      );
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', abort);
    }
  }
}

/** What a tool threw, in words that may be spoken; what it did not foresee may have been done all the same. */
function failureOf(error: unknown): BotError {
  if (error instanceof BotError) return error;
  if (isToolError(error)) return new ToolFailure(error.message, { cause: error });
  return new ToolFailure('That could not be looked up.', { cause: error, mayHaveRun: true });
}

/** `given`: the arguments as the model wrote them; `args`: as the tool's own schema has them. */
function parseArguments({ tool, schema }: OfferedTool, argumentsJson: string): { given: unknown; args: unknown } {
  let raw: unknown;
  try {
    raw = JSON.parse(argumentsJson === '' ? '{}' : argumentsJson);
    // Seen on the live service: JSON text in JSON text.
    if (typeof raw === 'string') raw = JSON.parse(raw);
  } catch {
    throw new BotError('tool_arguments_invalid', 'The arguments were not JSON.');
  }
  const given = schema.restore(raw);
  const parsed = tool.schema.safeParse(given);
  if (parsed.success) return { given, args: parsed.data };
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`);
  throw new BotError('tool_arguments_invalid', problems.slice(0, 5).join('; '));
}
