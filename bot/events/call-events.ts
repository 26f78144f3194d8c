import { randomUUID } from 'node:crypto';
import { CALL_EVENT_VERSION, type CallEvent } from '../../contract/call-events';
import type { CallRecord } from '../../contract/call-record';
import { FAILURE_REASONS } from '../../contract/telemetry/call-events';
import type { CallEventName, EventFields } from '../../contract/telemetry/catalogue';
import type { CallTelemetry, Telemetry } from '../telemetry';
import type { Clock } from '../time';
import { awsPost } from './aws-post';
import { Delivery, type Destination } from './delivery';
import { eventBus } from './event-bus';
import { serialised } from './serialised';
import { inFolder, inQueue, type Put, UndeliveredEvents } from './undelivered';
import { webhook } from './webhook';

export interface CallEventsOptions {
  readonly bus: string | undefined;
  readonly webhook: string | undefined;
  /** What a webhook's requests are signed with. */
  readonly keys: readonly string[];
  /** A queue's URL, or a folder. */
  readonly undelivered: string | undefined;
  /** Another EventBridge and SQS than AWS's own. */
  readonly endpointUrl: string | undefined;
  readonly region: string;
  readonly version: string;
  readonly privateNetworks: readonly string[];
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** An event, but for what is the same in all of a call. */
type Said = CallEvent extends infer One
  ? One extends CallEvent
    ? Omit<One, 'version' | 'id' | 'at' | 'callId' | 'transport'>
    : never
  : never;

interface CallFacts {
  readonly callId: string;
  readonly transport: string;
}

/** Says what happens in calls to whoever wants to hear it. */
export class CallEvents {
  readonly #clock: Clock;
  readonly #deliveries: readonly Delivery[];
  readonly #undelivered: UndeliveredEvents;
  /** Of calls that are ending: their records, until that is said. */
  readonly #records = new Map<string, CallRecord>();

  private constructor(clock: Clock, deliveries: readonly Delivery[], undelivered: UndeliveredEvents) {
    this.#clock = clock;
    this.#deliveries = deliveries;
    this.#undelivered = undelivered;
  }

  /** Undefined where nobody wants to hear anything. */
  static async open(options: CallEventsOptions): Promise<CallEvents | undefined> {
    const destinations = await destinationsOf(options);
    if (destinations.length === 0) return undefined;
    const { clock, telemetry } = options;
    const undelivered = new UndeliveredEvents({ put: await putOf(options), clock, telemetry });
    const deliveries = destinations.map((destination) => new Delivery({ destination, undelivered, clock, telemetry }));
    return new CallEvents(clock, deliveries, undelivered);
  }

  /** The same telemetry, of whose calls this hears. */
  listening(telemetry: Telemetry): Telemetry {
    return {
      ...telemetry,
      forCall: (callId, transport, about) => {
        const call = telemetry.forCall(callId, transport, about);
        const record: CallTelemetry['record'] = (event, fields, ...more) => {
          call.record(event, fields, ...more);
          this.#onRecorded({ callId, transport }, event, fields);
        };
        return { logger: call.logger, record };
      },
    };
  }

  /** What was kept of a call that is about to be told as ended. */
  readonly recorded = (record: CallRecord): void => void this.#records.set(record.callId, record);

  /** Once no call is left. Idempotent, bounded, never rejects. */
  async close(withinMs: number): Promise<void> {
    await Promise.all(this.#deliveries.map((delivery) => delivery.close(withinMs)));
    await this.#undelivered.close(withinMs);
  }

  #onRecorded<E extends CallEventName>(of: CallFacts, event: E, fields: EventFields<E>): void {
    for (const said of this.#saidOf(of.callId, event, fields)) {
      const head = { version: CALL_EVENT_VERSION, id: randomUUID(), at: new Date(this.#clock.epochMs()).toISOString() };
      const text = serialised({ ...head, ...of, ...said } as CallEvent);
      for (const delivery of this.#deliveries) delivery.take(text);
    }
  }

  #saidOf<E extends CallEventName>(callId: string, event: E, given: EventFields<E>): Said[] {
    switch (event) {
      case 'callStarted': {
        const { agent } = given as EventFields<'callStarted'>;
        return [{ type: 'call.started', ...(agent === undefined ? {} : { agent }) }];
      }
      case 'callHandedOver': {
        const { from, to } = given as EventFields<'callHandedOver'>;
        return [{ type: 'call.handed-over', from, to }];
      }
      case 'callEnded': {
        const { reason, durationMs } = given as EventFields<'callEnded'>;
        const record = this.#records.get(callId);
        this.#records.delete(callId);
        const ended = { type: 'call.ended', reason, durationMs: Math.round(durationMs) } as const;
        const hasFailed = FAILURE_REASONS.some((one) => one === reason);
        return [
          ...(hasFailed ? [{ type: 'call.failed', reason } as const] : []),
          { ...ended, ...(record === undefined ? {} : { record }) },
        ];
      }
      default:
        return [];
    }
  }
}

async function destinationsOf(options: CallEventsOptions): Promise<Destination[]> {
  const { bus, webhook: url, keys, version, privateNetworks, clock } = options;
  return [
    ...(bus === undefined ? [] : [eventBus(bus, await awsPost('events', options))]),
    ...(url === undefined ? [] : [webhook({ url, keys, version, privateNetworks, clock })]),
  ];
}

async function putOf(options: CallEventsOptions): Promise<Put | undefined> {
  const { undelivered } = options;
  if (undelivered === undefined) return undefined;
  return undelivered.includes('://') ? inQueue(undelivered, await awsPost('sqs', options)) : inFolder(undelivered);
}
