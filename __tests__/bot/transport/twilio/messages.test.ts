import fc from 'fast-check';
import { parseMessage, streamWriter } from '../../../../bot/transport/twilio/messages';

const START = {
  accountSid: 'AC1',
  callSid: 'CA1',
  streamSid: 'MZ1',
  tracks: ['inbound'],
  customParameters: { from: '+14155550100', n: 1 },
  mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: '8000', channels: 1 },
};
const read = (message: unknown): unknown => parseMessage(JSON.stringify(message));

describe("Twilio's messages", () => {
  it.each([
    [{ event: 'connected', protocol: 'Call' }, { kind: 'connected' }],
    [{ event: 'stop', stop: {} }, { kind: 'stop' }],
    [
      { event: 'mark', mark: { name: 'g1.200' } },
      { kind: 'mark', name: 'g1.200' },
    ],
    [
      { event: 'dtmf', dtmf: { digit: '#' } },
      { kind: 'dtmf', digit: '#' },
    ],
    [{ event: 'dtmf', dtmf: { digit: 'A' } }, { kind: 'unknown' }],
    [{ event: 'sentiment' }, { kind: 'unknown' }],
    [
      { event: 'media', media: { chunk: '3', timestamp: '40', payload: '/w==' } },
      { kind: 'media', chunk: 3, timestampMs: 40, payload: '/w==' },
    ],
    [
      { event: 'media', media: { chunk: 3, timestamp: 40, payload: '' } },
      { kind: 'media', chunk: 3, timestampMs: 40, payload: '' },
    ],
  ])('%j are read', (message, expected) => {
    expect(read(message)).toEqual(expected);
  });

  it('begin with the call, its format in one word, and parameters that are text', () => {
    const start = { accountSid: 'AC1', callSid: 'CA1', streamSid: 'MZ1' };
    const parameters = { from: '+14155550100' };
    expect(read({ event: 'start', start: START })).toEqual({
      kind: 'start',
      start: { ...start, parameters, format: 'audio/x-mulaw 8000 1' },
    });
    expect(read({ event: 'start', start })).toEqual({
      kind: 'start',
      start: { ...start, parameters: {}, format: 'undefined ? ?' },
    });
  });

  it.each([
    [{ event: 'media' }, 'media.chunk'],
    [{ event: 'media', media: { chunk: -1 } }, 'media.chunk'],
    [{ event: 'media', media: { chunk: 1.5 } }, 'media.chunk'],
    [{ event: 'media', media: { chunk: '1e3' } }, 'media.chunk'],
    [{ event: 'media', media: { chunk: '1', timestamp: null } }, 'media.timestamp'],
    [{ event: 'media', media: { chunk: '1', timestamp: '0', payload: 5 } }, 'media.payload'],
    [{ event: 'mark', mark: {} }, 'mark.name'],
    [{ event: 'mark', mark: { name: 'x'.repeat(1_025) } }, 'mark.name'],
    [{ event: 'dtmf' }, 'dtmf.digit'],
    [{ event: 'start', start: [] }, 'start.accountSid'],
    [{ event: 'start', start: { accountSid: 'AC1' } }, 'start.callSid'],
    [{ event: 'start', start: { accountSid: 'AC1', callSid: 'CA1' } }, 'start.streamSid'],
    [{ event: 7 }, 'event'],
    [[], 'message'],
    [null, 'message'],
  ])('%j name the field that is wrong', (message, field) => {
    expect(read(message)).toEqual({ kind: 'malformed', field });
  });

  it('of any kind throw nothing', () => {
    expect(parseMessage('{')).toEqual({ kind: 'not-json' });
    const events = fc.constantFrom('media', 'start', 'stop', 'mark', 'dtmf', 'connected', 'other');
    fc.assert(
      fc.property(events, fc.jsonValue(), (event, value) => {
        expect(typeof parseMessage(JSON.stringify({ event, [event]: value })).kind).toBe('string');
      }),
      { numRuns: 300 },
    );
  });

  it('that are sent are JSON, whatever the names', () => {
    const { media, mark, clear } = streamWriter('MZ"1');
    expect([media(Buffer.from([255])), mark('a"b'), clear()].map((text) => JSON.parse(text) as unknown)).toEqual([
      { event: 'media', streamSid: 'MZ"1', media: { payload: '/w==' } },
      { event: 'mark', streamSid: 'MZ"1', mark: { name: 'a"b' } },
      { event: 'clear', streamSid: 'MZ"1' },
    ]);
  });
});
