import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import { RuleBroken } from '../../../../testbed/fakes/twilio/errors';
import { parseTwiml } from '../../../../testbed/fakes/twilio/twiml/parse';

const BASE = 'https://voice.example.com/phone/voice?try=1';
const parse = (source: string | VoiceResponse) => parseTwiml(source.toString(), { base: BASE, isSip: false });
const wrap = (inner: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${inner}</Response>`;

/** The number that a document is refused with. */
function refusal(source: string, inline = false): number {
  try {
    parseTwiml(source, { base: inline ? undefined : BASE, isSip: false });
  } catch (error) {
    if (error instanceof RuleBroken) return error.code;
  }
  return 0;
}

it('reads what the official builder writes, with what must be escaped', () => {
  const response = new VoiceResponse();
  response
    .connect({ action: '/after?try=1&iat=2' })
    .stream({ url: 'wss://voice.example.com/media/a.b', statusCallback: 'https://voice.example.com/status' })
    .parameter({ name: 'a<b', value: `"'&>` });
  response.redirect({ method: 'POST' }, '/after?try=1&iat=2');
  expect(parse(response)).toEqual([
    {
      kind: 'connect',
      action: { url: 'https://voice.example.com/after?try=1&iat=2', method: 'POST' },
      stream: {
        url: 'wss://voice.example.com/media/a.b',
        name: undefined,
        statusCallback: { url: 'https://voice.example.com/status', method: 'POST' },
        parameters: [['a<b', `"'&>`]],
      },
    },
    { kind: 'redirect', url: 'https://voice.example.com/after?try=1&iat=2', method: 'POST' },
  ]);
});

it('reads every verb that a bot needs', () => {
  const response = new VoiceResponse();
  response.say({ language: 'en-GB' }, 'Hello & goodbye');
  response.play({ loop: 2 }, 'https://voice.example.com/notice.wav');
  response.play({ digits: 'w12#' });
  response.pause({ length: 3 });
  const dial = response.dial({ timeout: 25, answerOnBridge: true, action: '/dialled', callerId: '+14155550100' });
  dial.number({ statusCallback: '/status', statusCallbackEvent: ['answered', 'completed'] }, '+14155550177');
  response.dial({}).sip({}, 'sip:desk@example.com;transport=tls');
  response.dial({}).conference({ startConferenceOnEnter: false, endConferenceOnExit: true, beep: 'false' }, 'room');
  response.hangup();
  const verbs = parse(response);
  expect(verbs.map(({ kind }) => kind)).toEqual([
    'say',
    'play',
    'play-digits',
    'pause',
    'dial',
    'dial',
    'dial',
    'hangup',
  ]);
  expect(verbs[4]).toMatchObject({
    timeoutSeconds: 25,
    answersOnBridge: true,
    callerId: '+14155550100',
    target: { kind: 'number', to: '+14155550177', statusEvents: ['answered', 'completed'] },
  });
  expect(verbs[6]).toMatchObject({
    target: { kind: 'conference', name: 'room', startsOnEnter: false, endsOnExit: true },
  });
  expect(parse(wrap('<Reject reason="busy"/>'))).toEqual([{ kind: 'reject', reason: 'busy' }]);
});

it.each([
  ['an unknown verb', wrap('<Gather/>'), 12200],
  ['an unknown attribute', wrap('<Connect><Stream url="wss://x/y" audioFormat="hd"/></Connect>'), 12200],
  ['the other track', wrap('<Connect><Stream url="wss://x/y" track="both_tracks"/></Connect>'), 12200],
  ['<Start>', wrap('<Start><Stream url="wss://x/y"/></Start>'), 12200],
  ['<Connect> with nothing', wrap('<Connect/>'), 12200],
  ['<Refer> on a leg of the telephone network', wrap('<Refer><Sip>sip:a@b</Sip></Refer>'), 12200],
  ['<Reject> behind another verb', wrap('<Say>No</Say><Reject/>'), 12200],
  [
    'a parameter of over 500 characters',
    wrap(`<Connect><Stream url="wss://x/y"><Parameter name="a" value="${'b'.repeat(500)}"/></Stream></Connect>`),
    12200,
  ],
  ['a number that is none', wrap('<Dial>0701740605</Dial>'), 13223],
  ['a SIP address that is none', wrap('<Dial><Sip>desk</Sip></Dial>'), 13224],
  ['over 64 KB', wrap(`<Say>${'a'.repeat(65_536)}</Say>`), 12100],
  ['a bare &', wrap('<Redirect>/a?b=1&c=2</Redirect>'), 12100],
  ['elements that are not closed', '<Response><Hangup></Response>', 12100],
  ['two roots', '<Response/><Response/>', 12100],
  ['another root', '<Twiml/>', 12100],
  ['an attribute twice', wrap('<Pause length="1" length="2"/>'), 12100],
  ['nothing', '', 12100],
  ['no XML', '{"error":"no"}', 12100],
])('refuses %s', (_, source, code) => expect(refusal(source)).toBe(code));

it('takes 4,000 characters of an inline document and not one more', () => {
  const whole = (length: number): string => `<Response><Say>${'a'.repeat(length - 32)}</Say></Response>`;
  expect(refusal(whole(4_000), true)).toBe(0);
  expect(refusal(whole(4_001), true)).toBe(12100);
});
