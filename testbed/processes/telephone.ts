import type { FakeTwilio } from '../fakes/twilio';

/** The public host of bots that the stand-in for Twilio calls: nobody's, by RFC 2606. */
export const PHONE_HOST = 'voice.example.com';

/** What a bot's environment must say to be called by `twilio`, behind a load balancer that ends TLS. */
export function phoneEnvironment(twilio: FakeTwilio): Record<string, string> {
  return { ...twilio.environment, PUBLIC_URL: `https://${PHONE_HOST}` };
}

/** Has calls to all of the account's numbers go to these bots, in turn. */
export function connectBots(twilio: FakeTwilio, urls: readonly string[]): void {
  twilio.landOn(PHONE_HOST, urls);
  for (const number of twilio.numbers) {
    number.voiceUrl = `https://${PHONE_HOST}/phone/twilio/voice`;
    number.statusCallback = `https://${PHONE_HOST}/phone/twilio/status`;
  }
}
