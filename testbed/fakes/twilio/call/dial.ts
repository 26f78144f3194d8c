import type { Network } from '../network';
import type { Dial, DialTarget } from '../twiml/verbs';
import type { CallStatus } from '../types';
import { Conference } from './conference';
import { joinConference } from './join-conference';
import type { Leg, Next } from './leg';
import { ring } from './ring';

type Party = Exclude<DialTarget, { kind: 'conference' }>;

/** `<Dial>`: somebody else is called, or a conference joined; afterwards `action` is told how it went. */
export async function dial(call: Leg, network: Network, verb: Dial, signal: AbortSignal): Promise<Next | undefined> {
  const { target, action } = verb;
  if (target.kind === 'conference') {
    call.answer();
    const { name, ...options } = target;
    const conference = network.conferences.named(name);
    await joinConference(call, { ...options, conference }, signal);
    return action === undefined ? undefined : { kind: 'ask', action, parameters: { DialCallStatus: 'completed' } };
  }
  if (!verb.answersOnBridge) call.answer();
  const { child, bridgedMs } = await dialLeg(call, network, verb, target, signal);
  const status: CallStatus = bridgedMs === undefined ? child.status : 'completed';
  call.log.add({ kind: 'dialled', to: target.to, status, sid: child.sid });
  if (action === undefined) return undefined;
  const parameters = {
    DialCallSid: child.sid,
    DialCallStatus: status,
    DialBridged: String(bridgedMs !== undefined),
    ...(bridgedMs === undefined ? {} : { DialCallDuration: String(Math.round(bridgedMs / 1000)) }),
  };
  return { kind: 'ask', action, parameters };
}

async function dialLeg(
  call: Leg,
  network: Network,
  verb: Dial,
  target: Party,
  signal: AbortSignal,
): Promise<{ readonly child: Leg; readonly bridgedMs: number | undefined }> {
  const callee = network.calleeAt(target.to);
  const child = network.newCall({
    direction: 'outbound-dial',
    from: verb.callerId ?? call.from,
    to: target.to,
    parentSid: call.sid,
    faults: { callbacks: call.faults.callbacks },
    ...(callee?.kind === 'answers' && callee.line !== undefined ? { line: callee.line } : {}),
    subscription:
      target.statusCallback === undefined
        ? undefined
        : {
            action: target.statusCallback,
            events: target.statusEvents.length === 0 ? ['completed'] : target.statusEvents,
          },
  });
  const isAnswered = await ring(child, network, verb.timeoutSeconds * 1000, signal);
  if (!isAnswered) return { child, bridgedMs: undefined };
  // Who answered hears a document first; hanging up in it declines the call.
  if (target.screening !== undefined) await child.runAside({ kind: 'ask', action: target.screening });
  if (child.isOver || signal.aborted) {
    child.end({ status: 'completed', by: 'twiml' });
    return { child, bridgedMs: undefined };
  }
  call.answer();
  const beganMs = network.clock.nowMs();
  await bridged(call, child, network, verb.timeLimitSeconds * 1000, signal);
  return { child, bridgedMs: network.clock.nowMs() - beganMs };
}

/** Both hear each other until one hangs up, the time is over, or the call goes elsewhere. */
async function bridged(call: Leg, child: Leg, network: Network, limitMs: number, signal: AbortSignal): Promise<void> {
  const line = new Conference('bridge');
  await new Promise<void>((resolve) => {
    const end = (): void => {
      cancel();
      resolve();
    };
    const cancel = network.clock.after(limitMs, end);
    for (const { sid } of [call, child]) {
      line.join({
        callSid: sid,
        label: undefined,
        startsOnEnter: true,
        endsOnExit: true,
        muted: false,
        hold: false,
        onOut: end,
      });
    }
    call.connect((spoken) => line.beat(call.sid, spoken));
    child.connect((spoken) => line.beat(child.sid, spoken));
    void child.ended.then(end);
    signal.addEventListener('abort', end, { once: true });
  });
  line.end();
  child.end({ status: 'completed', by: 'twiml' });
  if (!signal.aborted) call.connect(undefined);
}
