import { z } from 'zod';
import { BotError, type ErrorCode } from '../errors';
import type { Clock } from '../time';
import type { Tool } from './tool';
import { toModelSchema, withOmittedNulls } from './tool-schema';

/** The model pays for each byte and speaks for a minute of 2 KB: nothing useful is longer. */
const MAX_RESULT_BYTES = 8_192;
/** A stream whose tool is not answered waits in silence, and its service ends it after some 55 s. */
const MAX_TIMEOUT_MS = 35_000;

/** What the model is to do about a failure: Nova's prompting guide wants the next step in the result. */
const NEXT_STEP: Readonly<Record<Extract<ErrorCode, `tool_${string}`>, string>> = {
  tool_unknown: 'Answer the caller with what you know.',
  tool_arguments_invalid: 'Correct the arguments and call again, or ask the caller for what is missing.',
  tool_timed_out: 'Tell the caller in one sentence, and offer to try again.',
  tool_failed: 'Tell the caller in one sentence, and offer to go on without it.',
  tool_refused: 'Answer the caller now with what you have.',
};

export type ToolOutcome = 'ok' | Extract<ErrorCode, `tool_${string}`>;

export interface ToolAnswer {
  readonly outcome: ToolOutcome;
  /**
   * A JSON object as text: the result, wrapped as `{"result": …}` if it is none, or `{"error": "…", "next": "…"}` in words
   * that the model can speak of, and what it is to do then.
   */
  readonly json: string;
  readonly durationMs: number;
}

/** A tool, and its arguments as JSON Schema: made once, because a call is no time for it. */
interface OfferedTool {
  readonly tool: Tool;
  readonly jsonSchema: z.core.JSONSchema.JSONSchema;
}

type Request = { readonly name: string; readonly argumentsJson: string; readonly callId: string };

/** A tool as the model is told of it. */
export interface ToolDescription {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Record<string, unknown>;
}

/** Runs the model's requests: arguments checked, time bounded, every request answered exactly once, nothing thrown. */
export class ToolRunner {
  readonly #tools: ReadonlyMap<string, OfferedTool>;
  readonly #clock: Clock;
  readonly #descriptions: readonly ToolDescription[];

  /**
   * @throws BotError `config_invalid` for a name that stands twice, arguments that the model cannot be told of, and a tool
   * that may take longer than its stream would live
   */
  constructor(tools: readonly Tool[], clock: Clock) {
    const offered = tools.map((tool) => ({ tool, jsonSchema: z.toJSONSchema(tool.schema, { io: 'input' }) }));
    this.#tools = new Map(offered.map((one) => [one.tool.name, one]));
    this.#clock = clock;
    const twice = tools.find(({ name }, index) => tools.findIndex((other) => other.name === name) !== index);
    if (twice !== undefined) throw new BotError('config_invalid', `Two tools are named ${twice.name}.`);
    const slow = tools.find(({ timeoutMs }) => timeoutMs > MAX_TIMEOUT_MS);
    if (slow !== undefined) {
      const rule = `timeoutMs must be at most ${MAX_TIMEOUT_MS}`;
      throw new BotError('config_invalid', `The tool ${slow.name} cannot be given to the model: ${rule}.`);
    }
    this.#descriptions = offered.map(({ tool: { name, description }, jsonSchema }) => ({
      name,
      description,
      inputSchema: toModelSchema(jsonSchema, name),
    }));
  }

  /** Whether a tool of this name is offered. */
  offers(name: string): boolean {
    return this.#tools.has(name);
  }

  describe(): readonly ToolDescription[] {
    return this.#descriptions;
  }

  /** Never rejects. `signal` ends the run when the call ends. */
  async run(request: Request, signal: AbortSignal): Promise<ToolAnswer> {
    const startedMs = this.#clock.nowMs();
    try {
      const result = await this.#runChecked(request, signal);
      return { outcome: 'ok', json: toJson(result), durationMs: this.#clock.nowMs() - startedMs };
    } catch (thrown) {
      const error = BotError.from(thrown, 'tool_failed', 'That could not be looked up.');
      return { ...failure(error), durationMs: this.#clock.nowMs() - startedMs };
    }
  }

  async #runChecked(request: Request, signal: AbortSignal): Promise<unknown> {
    const offered = this.#tools.get(request.name);
    if (offered === undefined) throw new BotError('tool_unknown', 'There is no such tool.');
    const args = parseArguments(offered, request.argumentsJson);
    const { tool } = offered;

    const controller = new AbortController();
    const abort = (): void => controller.abort();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    let stop: (error: BotError) => void = () => undefined;
    const stopped = new Promise<never>((_resolve, reject) => (stop = reject));
    const timer = this.#clock.after(tool.timeoutMs, () => {
      stop(new BotError('tool_timed_out', 'That took too long.'));
      abort();
    });
    controller.signal.addEventListener('abort', () => stop(new BotError('tool_failed', 'The call has ended.')));
    try {
      return await Promise.race([tool.run(args, { callId: request.callId, signal: controller.signal }), stopped]);
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', abort);
    }
  }
}

/** The answer to a request that is not run because of `error`. */
export function failure(error: BotError): Omit<ToolAnswer, 'durationMs'> {
  const outcome = isToolCode(error.code) ? error.code : 'tool_failed';
  return { outcome, json: JSON.stringify({ error: error.message, next: NEXT_STEP[outcome] }) };
}

function parseArguments({ tool, jsonSchema }: OfferedTool, argumentsJson: string): unknown {
  let raw: unknown;
  try {
    raw = JSON.parse(argumentsJson === '' ? '{}' : argumentsJson);
    // Seen on the live service: JSON text in JSON text.
    if (typeof raw === 'string') raw = JSON.parse(raw);
  } catch {
    throw new BotError('tool_arguments_invalid', 'The arguments were not JSON.');
  }
  const given = withOmittedNulls(raw, jsonSchema);
  const parsed = tool.schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`);
  throw new BotError('tool_arguments_invalid', problems.slice(0, 5).join('; '));
}

/** The model takes one JSON object and nothing else: any other result ends its stream. */
function toJson(result: unknown): string {
  const isObject = typeof result === 'object' && result !== null && !Array.isArray(result);
  const json = JSON.stringify(isObject ? result : { result: result ?? null });
  if (Buffer.byteLength(json) <= MAX_RESULT_BYTES) return json;
  throw new BotError('tool_failed', 'The answer was too long to be spoken.');
}

function isToolCode(code: ErrorCode): code is Extract<ErrorCode, `tool_${string}`> {
  return code.startsWith('tool_');
}
