import type { InvocationResponse, LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import type { LambdaTool } from '../../../contract/agent';
import { declaredRules, type DeclaredPlace } from '../declared';
import { connectionFailure } from '../network/connection-failure';
import { MAX_ANSWER_BYTES } from '../network/response';
import { projected } from '../projection';
import { defineTool, type Tool, ToolFailure } from '../tool';
import { answerOf } from './lambda-answer';

/** Names of Lambda's refusals of a request that it has not begun to run. */
const NOT_RUN =
  /^(AccessDenied|ResourceNotFound|InvalidRequest|InvalidParameter|RequestTooLarge|Unrecognized|Expired|.*Throttl|KMS|EC2|ENI|Subnet|ResourceConflict|ResourceNotReady)/;
const THROTTLED = 'TooManyRequestsException';
/** Throttling passes: the function was not run, so it is asked once more. */
const AGAIN_AFTER_MS = 300;

/** Loads the AWS SDK's client and the command, which nobody needs where no agent has a function. */
async function loadClient(region: string) {
  const sdk = await import('@aws-sdk/client-lambda');
  // Another attempt of the SDK's own could run the function twice.
  const client = new sdk.LambdaClient({ region, maxAttempts: 1 });
  const invoke = (name: string, payload: string, signal: AbortSignal): Promise<InvocationResponse> =>
    client.send(new sdk.InvokeCommand({ FunctionName: name, Payload: Buffer.from(payload), LogType: 'None' }), {
      abortSignal: signal,
    });
  return { client, invoke };
}

/** Functions of one region. */
export class LambdaFunctions {
  readonly #invoke: Awaited<ReturnType<typeof loadClient>>['invoke'];
  readonly #client: LambdaClient;

  private constructor({ client, invoke }: Awaited<ReturnType<typeof loadClient>>) {
    this.#client = client;
    this.#invoke = invoke;
  }

  static async open(region: string): Promise<LambdaFunctions> {
    return new LambdaFunctions(await loadClient(region));
  }

  /** A declared function. */
  tool(declared: LambdaTool, place: DeclaredPlace): Tool {
    const { clock } = place.services;
    return defineTool({
      ...declaredRules(declared, place, 'once'),
      schema: declared.arguments ?? z.object({}),
      identity: `lambda ${declared.function}`,
      run: async (args, { signal, callId, agent, startedAt, variables, idempotencyKey }) => {
        const named = (declared.variables ?? []).filter((name) => variables[name] !== undefined);
        const payload = (attempt: number): string =>
          JSON.stringify({
            tool: place.name,
            arguments: args,
            call: { id: callId, agent, startedAt },
            variables: Object.fromEntries(named.map((name) => [name, variables[name]])),
            attempt,
            idempotencyKey,
          });
        const ask = (attempt: number): Promise<InvocationResponse> =>
          this.#invoke(declared.function, payload(attempt), signal);
        let response: InvocationResponse;
        try {
          response = await ask(1).catch(async (error: unknown) => {
            if (!(error instanceof Error) || error.name !== THROTTLED) throw error;
            await new Promise<void>((resolve) => clock.after(AGAIN_AFTER_MS, resolve));
            return ask(2);
          });
        } catch (error) {
          throw invokeFailure(error);
        }
        return projected(answerOf(response, MAX_ANSWER_BYTES), declared.answer);
      },
    });
  }

  close(): void {
    this.#client.destroy();
  }
}

function invokeFailure(error: unknown): ToolFailure {
  const name = error instanceof Error ? error.name : '';
  if (name === THROTTLED) return new ToolFailure('The service is busy right now.', { cause: error, reason: name });
  if (NOT_RUN.test(name)) return new ToolFailure('The service could not be reached.', { cause: error, reason: name });
  return connectionFailure(error);
}
