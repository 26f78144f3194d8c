/** Numbers of Twilio's error dictionary that the stand-in says. Source: https://www.twilio.com/docs/api/errors */
export const ERROR_MEANINGS = {
  11200: 'a webhook could not be fetched',
  11205: 'no connection to a webhook, or no answer in time',
  12100: 'TwiML could not be parsed',
  12200: 'TwiML that is not in the schema',
  12300: 'a content type that is no TwiML, or no audio',
  13223: 'a phone number to dial that is none',
  13224: 'a SIP address to dial that is none',
  15002: 'a status callback was not answered in time',
  31920: 'the handshake of the WebSocket was not answered with 101',
  31922: 'the URL of a stream is not wss:',
  31924: 'a message of the stream is malformed',
  31950: 'a binary frame',
} as const;

export type ErrorCode = keyof typeof ERROR_MEANINGS;

/** A line of the debugger: somebody broke a rule, or could not be reached. */
export interface TwilioError {
  readonly atMs: number;
  readonly code: ErrorCode;
  readonly callSid: string;
  /** What exactly. Never a payload. */
  readonly about: string;
}

/** Something that is refused with an error number. */
export class RuleBroken extends Error {
  override readonly name = 'RuleBroken';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, about: string) {
    super(about);
    this.code = code;
  }
}
