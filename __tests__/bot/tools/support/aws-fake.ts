import type { ServerResponse } from 'node:http';
import { createServer, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { localServer, type Seen } from './local-server';

export interface Invoked {
  readonly name: string;
  readonly payload: Record<string, unknown>;
}

const refused = (response: ServerResponse, status: number, type: string): void => {
  response
    .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type })
    .end(JSON.stringify({ message: type }));
};

/** A request that is not signed for this service is nobody's. */
const isSigned = ({ headers }: Seen, service: string): boolean =>
  new RegExp(`^AWS4-HMAC-SHA256 Credential=\\S+/\\d{8}/eu-north-1/${service}/aws4_request`).test(
    headers.authorization ?? '',
  );

/** Lambda's Invoke API for functions that are given: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export async function fakeLambda(functions: Readonly<Record<string, (invoked: Invoked, times: number) => unknown>>) {
  const invoked: Invoked[] = [];
  const server = await localServer((seen, response) => {
    const name = /^\/2015-03-31\/functions\/([^/?]+)\/invocations$/.exec(seen.url)?.[1];
    const run = name === undefined ? undefined : functions[decodeURIComponent(name)];
    if (!isSigned(seen, 'lambda')) {
      refused(response, 403, 'IncompleteSignatureException');
      return;
    }
    if (name === undefined || run === undefined) {
      refused(response, 404, 'ResourceNotFoundException');
      return;
    }
    if (seen.headers['x-amz-log-type'] === 'Tail') {
      refused(response, 400, 'InvalidParameterValueException');
      return;
    }
    const one = { name: decodeURIComponent(name), payload: JSON.parse(seen.body) as Record<string, unknown> };
    invoked.push(one);
    const answer = run(one, invoked.length);
    if (answer === 'throttled') {
      refused(response, 429, 'TooManyRequestsException');
      return;
    }
    if (answer === 'hangs') return undefined;
    if (answer instanceof Error) {
      response.writeHead(200, { 'content-type': 'application/json', 'x-amz-function-error': 'Unhandled' });
      return response.end(
        JSON.stringify({ errorType: answer.name, errorMessage: answer.message, trace: ['at secret.js:1'] }),
      );
    }
    response.writeHead(200, { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' });
    return response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  return { ...server, invoked };
}

/**
 * Bedrock's Retrieve API, over HTTP/2 as its client speaks it:
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Retrieve.html
 */
export async function fakeRetrieve(bases: Readonly<Record<string, readonly unknown[]>>) {
  const seen: Seen[] = [];
  const answer = (one: Seen, response: Http2ServerResponse): void => {
    seen.push(one);
    const say = (status: number, value: unknown, type = ''): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
      response.end(JSON.stringify(value));
    };
    const id = /^\/knowledgebases\/([A-Z0-9]{10})\/retrieve\/?$/.exec(one.url)?.[1];
    const body = JSON.parse(one.body) as { retrievalQuery?: { text?: unknown } };
    const results = id === undefined ? undefined : bases[id];
    if (!isSigned(one, 'bedrock')) say(403, {}, 'AccessDeniedException');
    else if (typeof body.retrievalQuery?.text !== 'string') say(400, {}, 'ValidationException');
    else if (results === undefined) say(404, {}, 'ResourceNotFoundException');
    else say(200, { retrievalResults: results });
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () =>
      answer({ method: request.method, url: request.url, headers: request.headers, body }, response),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    seen,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** Sends AWS's clients to stand-ins, with credentials of nobody; gives the way back. */
export function atEndpoints(endpoints: Readonly<Record<string, string>>): () => void {
  const set = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'nobody', ...endpoints };
  const before = Object.keys(set).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, set);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
}
