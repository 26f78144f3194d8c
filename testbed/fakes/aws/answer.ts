import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Protocol } from './operation';

/** An error as a service of AWS tells it. */
export interface ServiceError {
  readonly status: number;
  /** Such as `AccessDeniedException`. */
  readonly code: string;
  readonly message: string;
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Sends an error in the shape of the service's protocol. A HEAD request gets its status alone, as from S3. */
export function sendError(
  response: ServerResponse,
  protocol: Protocol,
  { status, code, message }: ServiceError,
  isHead = false,
): void {
  const requestId = randomUUID();
  if (protocol === 'json' || protocol === 'rest-json') {
    const type = protocol === 'json' ? 'application/x-amz-json-1.1' : 'application/json';
    // Secrets Manager capitalises the message; the SDKs read both.
    const body = protocol === 'json' ? { __type: code, Message: message, message } : { message };
    response.writeHead(status, { 'content-type': type, 'x-amzn-requestid': requestId, 'x-amzn-errortype': code });
    response.end(JSON.stringify(body));
    return;
  }
  const error = `<Code>${code}</Code><Message>${escapeXml(message)}</Message>`;
  const body =
    protocol === 's3'
      ? `<?xml version="1.0" encoding="UTF-8"?><Error>${error}<RequestId>${requestId}</RequestId></Error>`
      : `<ErrorResponse><Error><Type>Sender</Type>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  response.writeHead(status, { 'content-type': 'application/xml', 'x-amzn-requestid': requestId });
  response.end(isHead ? undefined : body);
}

export function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() });
  response.end(JSON.stringify(body));
}

export function sendXml(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() });
  response.end(body);
}

export { escapeXml };
