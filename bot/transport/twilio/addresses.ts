import { TWILIO_PATH } from '../../../contract/http';

/** Where Twilio asks what, below the public origin. */
export const TWILIO_PATHS = {
  voice: `${TWILIO_PATH}voice`,
  media: `${TWILIO_PATH}media/`,
  after: `${TWILIO_PATH}after`,
  dialled: `${TWILIO_PATH}dialled`,
  status: `${TWILIO_PATH}status`,
  machine: `${TWILIO_PATH}amd`,
  notices: '/phone/notices/',
} as const;

/** Every address that Twilio is told; all are made of the public origin, and of nothing that a request says. */
export class TwilioAddresses {
  readonly #origin: string;

  /** @param origin such as `https://voice.example.com` */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Of a request's path and query, as Twilio called it. */
  of(pathAndQuery: string): string {
    return this.#origin + pathAndQuery;
  }

  /** Of an upgrade: Twilio signs it with the scheme of WebSockets. */
  ofStream(pathAndQuery: string): string {
    return this.of(pathAndQuery).replace(/^http/, 'ws');
  }

  stream(token: string): string {
    return this.ofStream(TWILIO_PATHS.media + token);
  }

  /** @param isAskedAgain it was asked a moment ago, perhaps of another task */
  after(token: string, attempt: number, isAskedAgain = false): string {
    const query = { try: String(attempt), state: token, ...(isAskedAgain ? { again: '1' } : {}) };
    return this.of(`${TWILIO_PATHS.after}?${new URLSearchParams(query)}`);
  }

  /** @param to the destination's name */
  dialled(token: string, to: string): string {
    return this.of(`${TWILIO_PATHS.dialled}?${new URLSearchParams({ to, state: token })}`);
  }

  answered(ticket: string): string {
    return this.of(`${TWILIO_PATHS.voice}?${new URLSearchParams({ call: ticket })}`);
  }

  get status(): string {
    return this.of(TWILIO_PATHS.status);
  }

  get machine(): string {
    return this.of(TWILIO_PATHS.machine);
  }

  notice(name: string): string {
    return this.of(`${TWILIO_PATHS.notices}${name}.wav`);
  }
}
