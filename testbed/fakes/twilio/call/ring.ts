import type { Network } from '../network';
import { pause } from '../time';
import type { Leg } from './leg';

/**
 * Rings at the other end of a call until somebody answers, or will not: the call is then over.
 * @returns whether it was answered
 */
export async function ring(call: Leg, network: Network, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  const callee = network.calleeAt(call.to);
  const given = AbortSignal.any([signal, call.over]);
  call.proceed('initiated');
  if (callee === undefined || callee.kind === 'failed') {
    call.end({ status: 'failed', by: 'error' });
    return false;
  }
  call.proceed('ringing');
  if (callee.kind === 'busy') {
    call.end({ status: 'busy', by: 'person' });
    return false;
  }
  const afterMs = callee.afterMs ?? (callee.kind === 'answers' ? 0 : timeoutMs);
  await pause(network.clock, Math.min(afterMs, timeoutMs), given);
  if (given.aborted) call.end({ status: 'canceled', by: 'rest' });
  else if (callee.kind === 'no-answer' || afterMs > timeoutMs) call.end({ status: 'no-answer', by: 'timeout' });
  if (call.isOver || callee.kind !== 'answers') return false;
  call.answer();
  callee.onAnswered?.(call);
  return true;
}
