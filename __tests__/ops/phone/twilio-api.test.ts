import { differences, isReached, wantedSettings } from '../../../ops/phone/number-settings';
import { setUpNumber } from '../../../ops/phone/setup';
import { TwilioApi } from '../../../ops/phone/twilio-api';
import { type FakeTwilio, openTwilio } from '../../../testbed/fakes/twilio';

const [NUMBER, OTHER] = ['+14155550100', '+14155550101'] as const;
const KEY = { sid: `SK${'1'.repeat(32)}`, secret: 'k'.repeat(32) };
const PHONE = { provider: 'twilio' as const, numbers: { [NUMBER]: 'assistant' } };
const wanted = wantedSettings(PHONE, 'https://voice.example.com', { retries: true });

describe("a number's settings at Twilio", () => {
  let twilio: FakeTwilio;
  let api: TwilioApi;
  beforeEach(async () => {
    twilio = await openTwilio({ apiKeys: [KEY], numbers: [NUMBER, `${NUMBER}1`, OTHER] });
    api = as(KEY.secret);
  });
  afterEach(() => twilio.close());

  const as = (password: string): TwilioApi =>
    new TwilioApi(
      { url: twilio.url, accountSid: twilio.accountSid, user: KEY.sid, password },
      new AbortController().signal,
    );
  const setUp = (applies: boolean, number: string = NUMBER) => setUpNumber(api, number, 'assistant', wanted, applies);
  const posts = () => twilio.requests.filter(({ method }) => method === 'POST').length;

  it('are shown, each with what it must be, and nothing is changed', async () => {
    const [finding] = await setUp(false);
    expect(finding).toMatchObject({ status: 'planned', subject: NUMBER });
    expect(finding?.text.split('\n')).toEqual([
      'VoiceUrl is not set, must be https://voice.example.com/phone/twilio/voice#ct=2000&rt=4000&rc=2&rp=ct,rt,5xx',
      'VoiceFallbackUrl is not set, must be https://voice.example.com/phone/twilio/voice',
      'StatusCallback is not set, must be https://voice.example.com/phone/twilio/status#ct=2000&rt=4000&rc=2&rp=ct,rt,5xx',
    ]);
    expect(posts()).toBe(0);
  });

  it('are set on request, read back, and found right from then on', async () => {
    expect(await setUp(true)).toMatchObject([{ status: 'changed' }]);
    expect(twilio.numbers[0]).toMatchObject({ voiceUrl: wanted.VoiceUrl, statusCallback: wanted.StatusCallback });
    expect(await setUp(true)).toMatchObject([{ status: 'ok', text: 'comes here, to the agent assistant' }]);
    expect(posts()).toBe(1);
  });

  it('are those of exactly this number', async () => {
    await setUp(true);
    expect(twilio.numbers.map(({ voiceUrl }) => voiceUrl !== '')).toEqual([true, false, false]);
    expect(await setUp(true, '+14155550199')).toMatchObject([{ status: 'failed', code: 'not_found' }]);
  });

  it('lead nowhere where an application or a trunk takes the calls, and are taken from it on request', async () => {
    await setUp(true);
    Object.assign(twilio.numbers[0]!, { voiceApplicationSid: `AP${'0'.repeat(32)}`, trunkSid: `TK${'0'.repeat(32)}` });
    const found = await api.number(NUMBER);
    const wrong = differences(found!.settings, wanted);
    expect(wrong.map(({ name }) => name)).toEqual(['VoiceApplicationSid', 'TrunkSid']);
    expect(isReached(wrong)).toBe(false);
    expect(await setUp(true)).toMatchObject([{ status: 'changed' }]);
    expect(differences((await api.number(NUMBER))!.settings, wanted)).toEqual([]);
  });

  it('lead here also where Twilio tries another number of times, or tells nobody of the end', () => {
    const is = { ...wanted, VoiceUrl: 'https://voice.example.com/phone/twilio/voice', StatusCallback: '' };
    expect(isReached(differences(is, wanted))).toBe(true);
    expect(isReached(differences({ ...is, VoiceUrl: 'https://demo.twilio.com/welcome' }, wanted))).toBe(false);
    expect(isReached(differences({ ...is, VoiceMethod: 'GET' }, wanted))).toBe(false);
  });

  it('are asked for with a document of yours, and without how often Twilio tries, where that is wanted', () => {
    const plain = wantedSettings({ ...PHONE, fallbackUrl: 'https://a.example/b' }, 'https://v.example', {
      retries: false,
    });
    expect([plain.VoiceUrl, plain.VoiceFallbackUrl, plain.StatusCallback]).toEqual([
      'https://v.example/phone/twilio/voice',
      'https://a.example/b',
      'https://v.example/phone/twilio/status',
    ]);
  });

  it('are not to be had with a wrong key, whose value is in no error', async () => {
    const failure = await as('w'.repeat(32))
      .account()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'credentials_refused',
      message: expect.stringContaining('error 20003') as string,
    });
    expect(JSON.stringify(failure)).not.toContain('www');
  });

  it.each([
    [429, 20429, 'throttled'],
    [400, 21502, 'refused'],
    [503, 20500, 'service_unavailable'],
  ])('a %i of Twilio is told as what it is', async (status, code, expected) => {
    twilio.failRest({ status, code });
    expect(await setUp(false)).toMatchObject([{ status: 'failed', subject: NUMBER, code: expected }]);
  });
});
