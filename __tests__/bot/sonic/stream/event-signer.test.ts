import { Sha256 } from '@aws-crypto/sha256-js';
import { BedrockRuntimeClient, InvokeModelWithBidirectionalStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '@smithy/types';
import { Readable } from 'node:stream';
import { EventSigner } from '../../../../bot/sonic/stream/event-signer';
import { decodeFrame } from '../../../../testbed/fakes/bedrock/framing';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

/** What the SDK itself sends of `events`: its request, and each message. */
async function sentBySdk(events: readonly Uint8Array[]): Promise<{ authorization: string; messages: Buffer[] }> {
  const sent: { authorization: string; messages: Buffer[] } = { authorization: '', messages: [] };
  const client = new BedrockRuntimeClient({
    region: 'eu-north-1',
    credentials: CREDENTIALS,
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: HttpRequest) => {
        sent.authorization = request.headers['authorization'] ?? '';
        for await (const message of request.body as Readable) sent.messages.push(Buffer.from(message as Uint8Array));
        return { response: { statusCode: 200, headers: {}, body: Readable.from([]) } };
      },
      metadata: { handlerProtocol: 'h2' },
      updateHttpClientConfig: () => undefined,
      httpHandlerConfigs: () => ({}),
    },
  });
  const body = Readable.from(events.map((bytes) => ({ chunk: { bytes } })));
  await client.send(new InvokeModelWithBidirectionalStreamCommand({ modelId: 'amazon.nova-2-5-sonic', body }));
  return sent;
}

/** What a header of a message holds. */
const header = (message: Buffer, name: string): unknown => decodeFrame(message).headers.get(name)?.value;
const dateOf = (message: Buffer): number => (header(message, ':date') as Date).getTime();

test('byte for byte the SDK sends the same: audio, text of more than one byte a letter, nothing, and the end', async () => {
  const audio = Buffer.alloc(1_024, 0x5a).toString('base64');
  const events = [
    `{"event":{"audioInput":{"content":"${audio}"}}}`,
    '{"event":{"textInput":{"content":"Größe 🙂"}}}',
    '',
  ]
    .map((json) => Buffer.from(json))
    .flatMap((event) => [event, event]);
  const { authorization, messages } = await sentBySdk(events);
  let nowMs = 0;
  const signer = new EventSigner({ authorization, secretAccessKey: CREDENTIALS.secretAccessKey }, () => nowMs);
  const ours = messages.map((message, index) => {
    nowMs = dateOf(message);
    const event = events[index];
    return signer.sign(event);
  });
  expect(messages).toHaveLength(events.length + 1);
  expect(ours.map((message) => message.toString('hex'))).toEqual(messages.map((message) => message.toString('hex')));
});

test('at midnight the key is another', async () => {
  const v4 = new SignatureV4({ credentials: CREDENTIALS, region: 'eu-north-1', service: 'bedrock', sha256: Sha256 });
  const first = 'ab'.repeat(32);
  const authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261231/eu-north-1/bedrock/aws4_request, SignedHeaders=host, Signature=${first}`;
  let nowMs = 0;
  const signer = new EventSigner({ authorization, secretAccessKey: CREDENTIALS.secretAccessKey }, () => nowMs);
  let priorSignature = first;
  for (const iso of ['2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z', '2027-01-01T00:00:00.031Z']) {
    nowMs = Date.parse(iso);
    const signed = signer.sign(Buffer.from('{"event":{}}'));
    const { body } = decodeFrame(signed);
    const message = { headers: { ':date': { type: 'timestamp' as const, value: new Date(nowMs) } }, body };
    const { signature } = await v4.sign({ message, priorSignature }, { signingDate: new Date(nowMs) });
    expect(Buffer.from(header(signed, ':chunk-signature') as Buffer).toString('hex')).toBe(signature);
    priorSignature = signature;
  }
});

test('a request that is not signed for a stream is refused', () => {
  const signer = (authorization: string) => () => new EventSigner({ authorization, secretAccessKey: 's' }, () => 0);
  expect(signer('')).toThrow('no signature');
  expect(signer('Bearer abc')).toThrow('no signature');
});
