import { ToolFailure } from '../tool';
import { RefusedAddress } from './tool-network';

/** Codes of what went wrong before anything was sent. */
const NOT_SENT = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

/** What a tool says when it had no answer: whether it was asked at all decides if it may be asked again. */
export function connectionFailure(error: unknown): ToolFailure {
  if (error instanceof ToolFailure) return error;
  if (error instanceof RefusedAddress) {
    return new ToolFailure('The service cannot be reached from here.', { cause: error, reason: error.message });
  }
  const { code, syscall } = (error instanceof Error ? error : {}) as NodeJS.ErrnoException;
  const wasSent = !(NOT_SENT.has(code ?? '') || syscall === 'connect' || /CERT|TLS|SSL/.test(code ?? ''));
  const reason = code ?? 'the connection broke';
  return new ToolFailure('The service could not be reached.', { cause: error, reason, mayHaveRun: wasSent });
}
