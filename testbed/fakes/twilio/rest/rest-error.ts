/** An answer of the REST API that is no success. Source: https://www.twilio.com/docs/usage/twilios-response, /docs/api/errors */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  get body(): object {
    const { code, message, status } = this;
    return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
  }
}

export const notFound = (path: string): RestError =>
  new RestError(404, 20404, `The requested resource ${path} was not found`);

export const notAuthenticated = (): RestError => new RestError(401, 20003, 'Authenticate');

export const invalid = (code: number, message: string): RestError => new RestError(400, code, message);
