/** Which of Twilio's REST APIs is asked. */
export interface TwilioPlace {
  /** A stand-in's, for development. */
  readonly apiUrl?: string | undefined;
  readonly region?: string | undefined;
  readonly edge?: string | undefined;
}

/**
 * The origin of Twilio's REST API. Twilio names the edge before the region; the form with a region alone ended in April
 * 2026. Source: https://www.twilio.com/docs/global-infrastructure/using-the-twilio-rest-api-in-a-non-us-region
 */
export function twilioApiUrl({ apiUrl, region, edge }: TwilioPlace): string {
  if (apiUrl !== undefined) return new URL(apiUrl).origin;
  return region === undefined || edge === undefined
    ? 'https://api.twilio.com'
    : `https://api.${edge}.${region}.twilio.com`;
}
