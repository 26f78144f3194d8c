import { z } from 'zod';
import { BotError, type ErrorCode } from '../errors';
import type { Clock } from '../time';
import type { Tool } from './tool';
import { toModelSchema, withOmittedNulls } from './tool-schema';

/** The model pays for each byte and speaks for a minute of 2 KB: nothing useful is longer. */
const MAX_RESULT_BYTES = 8_192;

export type ToolOutcome = 'ok' | Extract<ErrorCode, `tool_${string}`>;

export interface ToolAnswer {
  readonly outcome: ToolOutcome;
  /** A JSON object as text: the result, wrapped as `{"result": …}` if it is none, or `{"error": "…"}` in words the model can speak of. */
  readonly json: string;
  readonly durationMs: number;
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
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #clock: Clock;
  readonly #descriptions: readonly ToolDescription[];

  /** @throws BotError `config_invalid` for a name that stands twice, and for arguments that the model cannot be told of */
  constructor(tools: readonly Tool[], clock: Clock) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#clock = clock;
    const twice = tools.find(({ name }, index) => tools.findIndex((other) => other.name === name) !== index);
    if (twice !== undefined) throw new BotError('config_invalid', `Two tools are named ${twice.name}.`);
    this.#descriptions = tools.map(({ name, description, schema }) => ({
      name,
      description,
      inputSchema: toModelSchema(z.toJSONSchema(schema, { io: 'input' }), name),
    }));
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
      const error = BotError.from(thrown, 'tool_failed', `The tool ${request.name} failed.`);
      const outcome = isToolCode(error.code) ? error.code : 'tool_failed';
      const json = JSON.stringify({ error: error.message });
      return { outcome, json, durationMs: this.#clock.nowMs() - startedMs };
    }
  }

  async #runChecked(request: Request, signal: AbortSignal): Promise<unknown> {
    const tool = this.#tools.get(request.name);
    if (tool === undefined) throw new BotError('tool_unknown', 'There is no such tool.');
    const args = parseArguments(tool, request.argumentsJson);

    const controller = new AbortController();
    const abort = (): void => controller.abort();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    let stop: (error: BotError) => void = () => undefined;
    const stopped = new Promise<never>((_resolve, reject) => (stop = reject));
    const timer = this.#clock.after(tool.timeoutMs, () => {
      stop(new BotError('tool_timed_out', `The tool ${tool.name} took too long.`));
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

function parseArguments(tool: Tool, argumentsJson: string): unknown {
  let raw: unknown;
  try {
    raw = JSON.parse(argumentsJson === '' ? '{}' : argumentsJson);
    // Seen on the live service: JSON text in JSON text.
    if (typeof raw === 'string') raw = JSON.parse(raw);
  } catch {
    throw new BotError('tool_arguments_invalid', 'The arguments were not JSON.');
  }
  const given = withOmittedNulls(raw, z.toJSONSchema(tool.schema, { io: 'input' }));
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
