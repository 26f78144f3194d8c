/** The TCP port the bot listens on unless told otherwise, and always in its container. */
export const BOT_PORT = 7860;

/**
 * A header of requests that are for the release on its way, where the load balancer moves traffic share by share: by it
 * a smoke call reaches the new tasks and no others. Without a release on its way it reaches the tasks that run.
 */
export const NEXT_RELEASE_HEADER = { name: 'x-voice-agent-release', value: 'next' } as const;

/** Answers 200 while the process can serve: asked by the container, the load balancer and operators. */
export const HEALTH_PATH = '/health';

/** Under it is all that Twilio asks: webhooks, and the audio of calls. Each request is signed. */
export const TWILIO_PATH = '/phone/twilio/';

/** Under it is where Daily tells of telephone calls that it holds. */
export const DAILY_PHONE_PATH = '/phone/daily/';

/** Where Daily tells of a telephone call that it holds. */
export const DAILY_DIAL_IN_PATH = `${DAILY_PHONE_PATH}dialin` as const;

/** The headers of Daily's signature, and of the time that it was made at. */
export const DAILY_SIGNATURE_HEADER = 'x-pinless-signature';
export const DAILY_TIMESTAMP_HEADER = 'x-pinless-timestamp';

/** The header of Twilio's signature. */
export const TWILIO_SIGNATURE_HEADER = 'x-twilio-signature';
