import { parseChunk } from '../../../../testbed/fakes/bedrock/input';

const wrap = (inner: string): Buffer => Buffer.from(JSON.stringify({ bytes: Buffer.from(inner).toString('base64') }));

describe('the payload of an input message', () => {
  it('holds one event', () => {
    expect(parseChunk(wrap('{"event":{"sessionEnd":{}}}'))).toEqual({
      ok: true,
      event: { name: 'sessionEnd', body: {} },
    });
  });

  it.each([
    ['no JSON', Buffer.from('nonsense')],
    ['no bytes', Buffer.from('{"data":""}')],
    ['bytes that are not base64', Buffer.from('{"bytes":"***"}')],
    ['bytes without padding', Buffer.from('{"bytes":"e30"}')],
    ['an event that is not JSON', wrap('{event}')],
    ['no event', wrap('{"sessionEnd":{}}')],
    ['something beside the event', wrap('{"event":{"sessionEnd":{}},"id":1}')],
    ['an empty event', wrap('{"event":{}}')],
    ['two events in one', wrap('{"event":{"sessionEnd":{},"promptEnd":{}}}')],
    ['a list of events', wrap('{"event":[{"sessionEnd":{}}]}')],
  ])('is refused with %s', (_, payload) => {
    expect(parseChunk(payload)).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^Unable to parse input chunk/) as string,
    });
  });
});
