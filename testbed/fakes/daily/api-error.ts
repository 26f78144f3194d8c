/** An answer of Daily's REST API that is no success. Source: https://docs.daily.co/reference/rest-api (errors). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly error: string;
  readonly info: string | undefined;

  constructor(status: number, error: string, info?: string) {
    super(error);
    this.status = status;
    this.error = error;
    this.info = info;
  }
}

export function invalidRequest(info: string): ApiError {
  return new ApiError(400, 'invalid-request-error', info);
}

export function notFound(): ApiError {
  return new ApiError(404, 'not-found', 'room not found');
}
