import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a function is invoked with. */
export interface Invocation {
  readonly name: string;
  readonly payload: Record<string, unknown>;
}

/** A function: what it answers. What it throws is an unhandled error of it. */
export type FakeFunction = (payload: Record<string, unknown>) => unknown;

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
/** The scope of a signature by Signature Version 4, which names the service. */
const SIGNED = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/lambda\/aws4_request, /;

/** The Invoke API of Lambda with functions of a test, as strict as the real one about what it is asked for. */
export class FakeFunctions {
  readonly invocations: Invocation[] = [];
  readonly #functions: Readonly<Record<string, FakeFunction>>;
  readonly #http = createServer((request, response) => void this.#answer(request, response));

  private constructor(functions: Readonly<Record<string, FakeFunction>>) {
    this.#functions = functions;
  }

  /** @param functions by the name that they are invoked by, an alias included */
  static async start(functions: Readonly<Record<string, FakeFunction>>): Promise<FakeFunctions> {
    const fake = new FakeFunctions(functions);
    await new Promise<void>((resolve) => fake.#http.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  /** For AWS_ENDPOINT_URL_LAMBDA. */
  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const refuse = (status: number, type: string, message: string): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
      response.end(JSON.stringify({ Type: 'User', message, Message: message }));
    };
    const [, encoded] = PATH.exec(request.url ?? '') ?? [];
    const name = decodeURIComponent(encoded ?? '');
    const run = this.#functions[name];
    const kind = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    if (request.method !== 'POST' || encoded === undefined) {
      refuse(404, 'UnknownOperationException', 'unknown');
      return;
    }
    if (!SIGNED.test(request.headers.authorization ?? '')) {
      refuse(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
      return;
    }
    if (run === undefined) {
      refuse(404, 'ResourceNotFoundException', `Function not found: ${name}`);
      return;
    }
    if (kind === 'DryRun') {
      response.writeHead(204).end();
      return;
    }
    const payload = objectIn(Buffer.concat(chunks).toString());
    if (kind !== 'RequestResponse' || payload === undefined) {
      refuse(400, 'InvalidRequestContentException', 'Could not parse request body into json');
      return;
    }
    this.invocations.push({ name, payload });
    const { answer, error } = outcome(run, payload);
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(error ? { 'x-amz-function-error': 'Unhandled' } : {}),
    });
    response.end(JSON.stringify(answer));
  }
}

function outcome(run: FakeFunction, payload: Record<string, unknown>): { answer: unknown; error: boolean } {
  try {
    return { answer: run(payload) ?? null, error: false };
  } catch (thrown) {
    const errorMessage = thrown instanceof Error ? thrown.message : String(thrown);
    return { answer: { errorMessage, errorType: 'Error', trace: [] }, error: true };
  }
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
