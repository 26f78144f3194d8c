import type { BotError } from '../../../errors';
import type { Telemetry } from '../../../telemetry';
import type { Clock } from '../../../time';
import type { Telephone } from '../transport-options';
import type { Leg } from './leg';
import { PhoneLine } from './phone-line';
import { RingingLeg } from './ringing-leg';

interface OpenLegOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Has the page ring a telephone. */
  readonly dial: (call: { readonly phoneNumber: string; readonly callerId: string }) => void;
  readonly onLost: (error: BotError) => void;
}

/** How the telephone at the other end comes into the room. */
export function openLeg(phone: Telephone, { clock, telemetry, dial, onLost }: OpenLegOptions): Leg {
  if (phone.kind === 'dialled') {
    const { call } = phone;
    return new RingingLeg({ call, dial: () => dial({ phoneNumber: call.to, callerId: call.callerId }), clock, onLost });
  }
  const { call, connect } = phone;
  const onHeldLong = (): void => telemetry.record('phoneCallHeldLong', { callSid: call.callId });
  const onConnected = (heldMs: number): void => {
    telemetry.record('phoneCallConnected', { callSid: call.callId, heldMs });
  };
  return new PhoneLine({ call, connect, clock, onHeldLong, onConnected, onLost });
}
