import { ResponseReader } from '../../../../bot/sonic/stream/response-reader';
import { encodeFrame, encodeStringHeaders } from '../../../../testbed/fakes/bedrock/framing';

const event = (type: string, json: string, messageType = 'event'): Buffer =>
  encodeFrame(
    encodeStringHeaders({ ':event-type': type, ':content-type': 'application/json', ':message-type': messageType }),
    Buffer.from(json),
  );
const chunk = (text: string): Buffer => event('chunk', `{"bytes":"${Buffer.from(text).toString('base64')}","p":"abc"}`);

function read(pieces: readonly Buffer[]): { chunks: string[]; rest: Buffer } {
  const chunks: string[] = [];
  const reader = new ResponseReader((bytes) => chunks.push(bytes.toString()));
  const rest: Buffer[] = [];
  reader.rest.on('data', (bytes: Buffer) => rest.push(bytes));
  for (const piece of pieces) reader.take(piece);
  for (let bytes = reader.rest.read() as Buffer | null; bytes !== null; bytes = reader.rest.read() as Buffer | null);
  return { chunks, rest: Buffer.concat(rest) };
}

const exception = event('throttlingException', '{"message":"slow down"}', 'exception');

test('output events are taken out and all else is left, however it is cut', () => {
  const all = Buffer.concat([chunk('one'), chunk(''), exception, chunk('größer'), event('chunk', '{"p":"a"}')]);
  const whole = read([all]);
  expect(whole.chunks).toEqual(['one', '', 'größer']);
  expect(whole.rest).toEqual(Buffer.concat([exception, event('chunk', '{"p":"a"}')]));
  for (const size of [1, 7, 64]) {
    const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
      all.subarray(i * size, (i + 1) * size),
    );
    expect(read(pieces)).toEqual(whole);
  }
});

test('from the first message on that is damaged, everything is left as it came', () => {
  const damaged = chunk('two');
  damaged[damaged.length - 6]! ^= 1;
  expect(read([chunk('one'), damaged, chunk('three')])).toEqual({
    chunks: ['one'],
    rest: Buffer.concat([damaged, chunk('three')]),
  });
  const noise = Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  expect(read([noise, chunk('three')])).toEqual({ chunks: [], rest: Buffer.concat([noise, chunk('three')]) });
});

test('a message that is cut off at the end is left, too', async () => {
  const reader = new ResponseReader(() => undefined);
  reader.take(exception.subarray(0, 20));
  reader.end();
  const rest: Buffer[] = [];
  for await (const bytes of reader.rest) rest.push(bytes as Buffer);
  expect(Buffer.concat(rest)).toEqual(exception.subarray(0, 20));
  const failed = new ResponseReader(() => undefined);
  failed.end(new Error('reset'));
  await expect(failed.rest.toArray()).rejects.toThrow('reset');
});
