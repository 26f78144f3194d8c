import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { FakeTwilio, SignatureForm } from '../../../fakes/twilio';
import { PHONE_HOST } from '../../../processes';
import { ask } from '../http-client';
import { Finding } from '../target';

export const VOICE = '/phone/twilio/voice';
const ANSWER_WITHIN_MS = 10_000;

/** A call as Twilio would announce it. */
export interface Announced {
  readonly callSid: string;
  readonly form: Readonly<Record<string, string>>;
}

/** @param n numbers of callers follow from it */
export function announced(twilio: FakeTwilio, n: number): Announced {
  const callSid = `CA${randomBytes(16).toString('hex')}`;
  const form = {
    AccountSid: twilio.accountSid,
    CallSid: callSid,
    CallStatus: 'ringing',
    Direction: 'inbound',
    From: `+1415555${String(1_000 + (n % 9_000))}`,
    To: twilio.numbers[0]?.phoneNumber ?? '',
  };
  return { callSid, form };
}

/** Asks a webhook as Twilio does. @returns status and body */
export async function postForm(
  botUrl: string,
  path: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: string }> {
  const body = new URLSearchParams(form).toString();
  return ask(botUrl, {
    method: 'POST',
    path,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': String(Buffer.byteLength(body)),
      ...headers,
    },
    body,
  });
}

/** The path of the stream that the bot offers for a call. @throws Finding when it offers none */
export async function offeredPath(botUrl: string, twilio: FakeTwilio, { form }: Announced): Promise<string> {
  const signature = twilio.sign(`https://${PHONE_HOST}${VOICE}`, form);
  const { status, body } = await postForm(botUrl, VOICE, form, { 'X-Twilio-Signature': signature });
  const path = /<Stream url="wss:\/\/[^/"]+(\/[^"]+)"/.exec(body)?.[1];
  if (path === undefined) throw new Finding(`a call that is right is answered with ${status} and no stream`);
  return path;
}

/** Asks for the stream. @returns the open socket, or the status of the refusal (0: no answer) */
export function openStream(
  botUrl: string,
  twilio: FakeTwilio,
  path: string,
  form: SignatureForm,
): Promise<WebSocket | number> {
  const signature = twilio.sign(`wss://${PHONE_HOST}${path}`, {}, form);
  const socket = new WebSocket(`${botUrl.replace(/^http/, 'ws')}${path}`, {
    headers: { Host: PHONE_HOST, 'X-Twilio-Signature': signature },
    perMessageDeflate: false,
    handshakeTimeout: ANSWER_WITHIN_MS,
  });
  return new Promise((resolve) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (request, response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    socket.on('error', () => resolve(0));
  });
}

/** Everything that was sent has been read, or the bot has ended the stream. @throws Finding when neither comes */
export async function wasRead(socket: WebSocket): Promise<void> {
  if (socket.readyState !== WebSocket.OPEN) return;
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const answered = Promise.race([once(socket, 'pong', { signal }), once(socket, 'close', { signal })]);
  socket.ping();
  await answered.catch(() => {
    throw new Finding('a stream is neither read nor closed');
  });
}
