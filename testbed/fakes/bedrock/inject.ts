import { usualMessage, type Fault } from './faults';
import { eventFrame, garbageFrame } from './output';
import type { ResponseWire } from './wire';

/** What a fault can be done to: one open stream. */
export interface FaultTarget {
  readonly wire: ResponseWire;
  /** Sends a message as if it were an ordinary one. */
  send(name: string, frame: Buffer): void;
  /** The fault is the end of the session: nothing else happens any more. */
  endBy(fault: Fault): void;
  becomeDeaf(): void;
  becomeStuck(): void;
  garbleNextToolUse(): void;
}

/** Makes `fault` happen now. @throws Error when it is possible only before a stream is open. */
export function inject(fault: Fault, target: FaultTarget): void {
  const { wire } = target;
  switch (fault.kind) {
    case 'exception':
      target.endBy(fault);
      wire.refuse({ type: fault.type, message: fault.message ?? usualMessage(fault.type) });
      return;
    case 'error-message':
      target.endBy(fault);
      wire.error(fault.code, fault.message);
      return;
    case 'bad-crc':
      wire.badChecksum(eventFrame('{"event":{"usageEvent":{}}}'));
      return;
    case 'rst-stream':
      target.endBy(fault);
      wire.reset(fault.code);
      return;
    case 'goaway':
      wire.goaway(fault.code);
      return;
    case 'tcp-fin':
      target.endBy(fault);
      wire.tcpFin();
      return;
    case 'tcp-rst':
      target.endBy(fault);
      wire.tcpReset();
      return;
    case 'tcp-stall':
      wire.muted = true;
      wire.tcpStall();
      return;
    case 'end-stream':
      target.endBy(fault);
      wire.finish();
      return;
    case 'silent':
      wire.muted = true;
      return;
    case 'stall':
      wire.stopReading();
      return;
    case 'deaf':
      target.becomeDeaf();
      return;
    case 'slow':
      wire.delayMs = fault.delayMs;
      return;
    case 'garbage-json':
      target.send('garbage', fault.layer === 'payload' ? garbageFrame() : eventFrame('{"event": oops'));
      return;
    case 'unknown-event':
      target.send('unknown', eventFrame('{"event":{"somethingNewEvent":{"reason":"unknown to every client"}}}'));
      return;
    case 'event':
      target.send('given', eventFrame(fault.json));
      return;
    case 'stuck-turn':
      target.becomeStuck();
      return;
    case 'bad-tool-arguments':
      target.garbleNextToolUse();
      return;
    case 'http-error':
    case 'no-settings':
    case 'no-headers':
    case 'http1-peer':
      throw new Error(`${fault.kind} can happen only before a stream is open`);
  }
}
