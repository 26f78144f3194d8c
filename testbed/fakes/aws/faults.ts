import type { ServiceError } from './answer';

/** What the services really answer, word for word where the words are known; `<…>` is filled in. */
export const SERVICE_ERRORS = {
  denied: (action: string): ServiceError => ({
    status: 400,
    code: 'AccessDeniedException',
    message: `User: arn:aws:sts::111111111111:assumed-role/operator/me is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
  }),
  deniedByPolicy: (action: string): ServiceError => ({
    status: 400,
    code: 'AccessDeniedException',
    message: `User: arn:aws:sts::111111111111:assumed-role/operator/me is not authorized to perform: ${action} with an explicit deny in a resource-based policy`,
  }),
  kmsDenied: (): ServiceError => ({
    status: 400,
    code: 'AccessDeniedException',
    message: 'Access to KMS is not allowed',
  }),
  kmsDisabled: (): ServiceError => ({
    status: 400,
    code: 'DecryptionFailure',
    message:
      "Secrets Manager can't decrypt the protected secret text using the provided KMS key. The KMS key is disabled.",
  }),
  throttled: (): ServiceError => ({ status: 400, code: 'ThrottlingException', message: 'Rate exceeded' }),
  expired: (): ServiceError => ({
    status: 403,
    code: 'ExpiredTokenException',
    message: 'The security token included in the request is expired',
  }),
  unknownKey: (): ServiceError => ({
    status: 403,
    code: 'InvalidClientTokenId',
    message: 'The security token included in the request is invalid.',
  }),
  broken: (): ServiceError => ({
    status: 500,
    code: 'InternalServiceError',
    message: 'An error occurred on the server side.',
  }),
} as const;

/** What happens to requests for one operation instead of what should. */
export type AwsFault =
  | { readonly kind: 'error'; readonly error: ServiceError }
  /** The connection ends without an answer. */
  | { readonly kind: 'drop' }
  /** The request is kept until `release`, then goes on as usual. */
  | { readonly kind: 'hold'; readonly arrived: () => void; readonly released: Promise<void> };

/** Faults by operation; each is good for a number of requests. */
export class FaultTable {
  #rows: { readonly operation: string; readonly fault: AwsFault; left: number }[] = [];

  add(operation: string, fault: AwsFault, times: number): void {
    this.#rows.push({ operation, fault, left: times });
  }

  /** Takes the first fault meant for this operation; `*` is meant for all. */
  take(operation: string): AwsFault | undefined {
    const row = this.#rows.find((one) => one.left > 0 && (one.operation === operation || one.operation === '*'));
    if (row === undefined) return undefined;
    row.left -= 1;
    return row.fault;
  }

  clear(): void {
    this.#rows = [];
  }
}
