import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { constants } from 'node:http2';
import { randomUUID } from 'node:crypto';
import type { HttpException } from './exceptions';
import { usualMessage, usualType, type Fault } from './faults';
import { verifyRequest, type AcceptedCredentials, type ChunkChain } from './sigv4';

const EVENT_STREAM = 'application/vnd.amazon.eventstream';
/** AWS's SDK for Python ends it with a bare question mark. */
const ROUTE = /^\/model\/([^/]+)\/invoke-with-bidirectional-stream\??$/;
/** The first Nova Sonic: ended in September 2026. */
const ENDED_MODELS: readonly string[] = ['amazon.nova-sonic-v1:0'];

export type RequestAuthorisation =
  | { readonly ok: true; readonly modelId: string; readonly chain: ChunkChain }
  | { readonly ok: false; readonly exception: HttpException };

function refuse(status: number, type: string, message: string): RequestAuthorisation {
  return { ok: false, exception: { status, type, message } };
}

/** Decides whether a request may become a stream: route, signature, content type, model. */
export function admit(
  headers: IncomingHttpHeaders,
  accepted: {
    readonly credentials: AcceptedCredentials;
    readonly region: string;
    readonly models: readonly string[];
    readonly epochMs: number;
  },
): RequestAuthorisation {
  const path = headers[':path'] ?? '';
  const encodedModel = ROUTE.exec(path)?.[1];
  if (encodedModel === undefined || headers[':method'] !== 'POST') {
    return refuse(404, 'UnknownOperationException', 'Unknown operation');
  }
  const checked = verifyRequest({
    method: 'POST',
    path,
    headers,
    credentials: accepted.credentials,
    region: accepted.region,
    epochMs: accepted.epochMs,
  });
  if (!checked.ok) return checked;
  if (headers['content-type'] !== EVENT_STREAM)
    return refuse(415, 'ValidationException', `Content type must be ${EVENT_STREAM}`);
  const modelId = decodeModel(encodedModel);
  if (accepted.models.includes(modelId)) return { ok: true, modelId, chain: checked.chain };
  if (ENDED_MODELS.includes(modelId)) {
    return refuse(
      404,
      'ResourceNotFoundException',
      'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
    );
  }
  return refuse(400, 'ValidationException', 'The provided model identifier is invalid.');
}

function decodeModel(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** Answers a request with an HTTP error as the service's front door does. */
export function respondWithError(stream: ServerHttp2Stream, exception: HttpException, epochMs: number): void {
  stream.respond({
    ':status': exception.status,
    date: new Date(epochMs).toUTCString(),
    'content-type': 'application/json',
    'x-amzn-requestid': randomUUID(),
    'x-amzn-errortype': exception.type,
  });
  stream.end(JSON.stringify({ message: exception.message }), () => {
    if (!stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
  });
}

/** Accepts a request: from here on there is a stream. */
export function respondWithStream(stream: ServerHttp2Stream, epochMs: number): void {
  stream.respond({
    ':status': 200,
    date: new Date(epochMs).toUTCString(),
    'content-type': EVENT_STREAM,
    'x-amzn-requestid': randomUUID(),
    'x-amzn-bedrock-content-type': 'application/json',
  });
}

/** A planned HTTP refusal, its blanks filled in. */
export function httpFault(fault: Extract<Fault, { kind: 'http-error' }>): HttpException {
  const type = fault.type ?? usualType(fault.status);
  return { status: fault.status, type, message: fault.message ?? usualMessage(type) };
}
