import type { Leg, Next } from '../call/leg';
import type { StatusSubscription } from '../call/new-call';
import { ring } from '../call/ring';
import type { Network } from '../network';
import { pause } from '../time';
import type { Action } from '../twiml/verbs';
import type { AnsweredBy, Callee } from '../types';
import type { Form } from './form';

/** Answering-machine detection, as it was asked for. */
export interface Detection {
  /** The greeting's end is waited for, so that a message can be left. */
  readonly waitsForEnd: boolean;
  /** Told here while the call goes on; undefined: the call waits for the verdict. */
  readonly callback: Action | undefined;
}

export interface Placed {
  readonly from: string;
  readonly to: string;
  /** What is done once it is answered. */
  readonly first: Next;
  readonly subscription: StatusSubscription | undefined;
  readonly fallback: Action | undefined;
  readonly detection: Detection | undefined;
  readonly ringMs: number;
  readonly limitMs: number;
}

/** Source: https://www.twilio.com/docs/voice/answering-machine-detection */
export function detectionOf(form: Form): Detection | undefined {
  const mode = form.text('MachineDetection');
  const isAsync = form.flag('AsyncAmd');
  const callback = form.action('AsyncAmdStatusCallback', 'AsyncAmdStatusCallbackMethod');
  if (mode === undefined) return undefined;
  const kind = form.oneOf('MachineDetection', ['Enable', 'DetectMessageEnd'], 'Enable');
  return { waitsForEnd: kind === 'DetectMessageEnd', callback: isAsync ? callback : undefined };
}

/** Makes a call and lets it ring; what comes of it is the call's own. */
export function placeCall(network: Network, placed: Placed): Leg {
  const callee = network.calleeAt(placed.to);
  const call = network.newCall({
    direction: 'outbound-api',
    from: placed.from,
    to: placed.to,
    subscription: placed.subscription,
    fallback: placed.fallback,
    ...(callee?.kind === 'answers' ? { line: callee.line ?? {}, faults: callee.faults ?? {} } : {}),
  });
  void goOn(call, network, placed, callee);
  return call;
}

async function goOn(call: Leg, network: Network, placed: Placed, callee: Callee | undefined): Promise<void> {
  // The request is answered before anything rings.
  await pause(network.clock, 0, call.over);
  if (!(await ring(call, network, placed.ringMs, call.over)) || callee?.kind !== 'answers') return;
  const cancelLimit = network.clock.after(placed.limitMs, () => call.end({ status: 'completed', by: 'timeout' }));
  void call.ended.then(cancelLimit);
  const { detection, first } = placed;
  if (detection === undefined) {
    call.run(first);
    return;
  }
  const verdict = detect(call, network, detection, callee);
  if (detection.callback === undefined) {
    const answeredBy = await verdict;
    if (!call.isOver) call.run(first.kind === 'ask' ? { ...first, parameters: { AnsweredBy: answeredBy } } : first);
    return;
  }
  call.run(first);
  const answeredBy = await verdict;
  if (call.isOver) return;
  call.tell('amd', detection.callback, {
    AnsweredBy: answeredBy,
    MachineDetectionDuration: String(Math.round(call.durationMs)),
  });
}

/** A machine is named at its start, or at the end of its greeting, as it was asked for. */
async function detect(
  call: Leg,
  network: Network,
  { waitsForEnd }: Detection,
  { answeredBy = 'human', verdictAfterMs = 0 }: Extract<Callee, { kind: 'answers' }>,
): Promise<AnsweredBy> {
  await pause(network.clock, verdictAfterMs, call.over);
  const found = !waitsForEnd && answeredBy.startsWith('machine_end') ? 'machine_start' : answeredBy;
  call.answeredBy = found;
  return found;
}
