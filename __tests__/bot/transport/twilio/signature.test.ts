import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import { isSigned, signatureOf } from '../../../../bot/transport/twilio/signature';

const TOKEN = '0123456789abcdef0123456789abcdef';
const URL_ = 'https://voice.example.com/phone/twilio/voice?try=1';
const FIELDS = [
  ['To', '+14155550100'],
  ['From', '+14155550177'],
  ['Empty', ''],
  ['Name', 'Größe 🙂'],
] as const;

describe("Twilio's signature", () => {
  it("is its own library's", () => {
    expect(signatureOf(TOKEN, URL_, FIELDS)).toBe(getExpectedTwilioSignature(TOKEN, URL_, Object.fromEntries(FIELDS)));
    const twice = [...FIELDS, ['Name', 'b'], ['Name', 'a'], ['Name', 'b']] as const;
    const listed = { ...Object.fromEntries(FIELDS), Name: ['Größe 🙂', 'b', 'a', 'b'] };
    expect(signatureOf(TOKEN, URL_, twice)).toBe(getExpectedTwilioSignature(TOKEN, URL_, listed));
  });

  it.each([
    ['https://voice.example.com/a', ['https://voice.example.com/a/', 'https://voice.example.com:443/a']],
    ['wss://voice.example.com/a?b=1', ['wss://voice.example.com:443/a/?b=1', 'wss://voice.example.com/a?b=1']],
    ['http://127.0.0.1/a', ['http://127.0.0.1:80/a']],
    ['http://127.0.0.1:8080/a/', ['http://127.0.0.1:8080/a/']],
  ])('over %s may have the forms of its back ends', (url, forms) => {
    for (const form of forms) expect(isSigned(signatureOf(TOKEN, form), url, [], ['another', TOKEN])).toBe(true);
  });

  it.each([
    ['https://voice.example.com/b', []],
    ['https://voice.example.com:80/a', []],
    ['https://voice.example.com:8443/a', []],
    ['wss://voice.example.com/a', []],
    ['https://voice.example.com/a?x=1', []],
    ['https://voice.example.com/a', [['x', '1']] as const],
  ])('over %s is none of another URL or form', (url, fields) => {
    expect(isSigned(signatureOf(TOKEN, url, fields), 'https://voice.example.com/a', [], [TOKEN])).toBe(false);
  });

  it('with another token, or that is none, is refused', () => {
    for (const given of [signatureOf('other', URL_, FIELDS), '', 'x', 'ü'.repeat(28)]) {
      expect(isSigned(given, URL_, FIELDS, [TOKEN])).toBe(false);
    }
  });
});
