import { CALL_EVENT_SOURCE } from '../../contract/call-events';
import { type AwsPost, AwsRefusal } from './aws-post';
import { type Destination, EventRefused } from './delivery';

interface PutEventsAnswer {
  readonly FailedEntryCount?: number;
  readonly Entries?: readonly { readonly ErrorCode?: string }[];
}

/** What EventBridge says of an event that it may take later. */
const LATER = /Throttl|InternalFailure|InternalException|ServiceUnavailable|ExpiredToken|RequestExpired/i;

/** A bus of EventBridge. */
export function eventBus(bus: string, post: AwsPost): Destination {
  return {
    name: 'bus',
    send: async ({ type, body }, signal) => {
      const entry = { EventBusName: bus, Source: CALL_EVENT_SOURCE, DetailType: type, Detail: body };
      const code = await refusalOf(post('PutEvents', { Entries: [entry] }, signal));
      if (code === undefined) return;
      throw LATER.test(code) ? new Error(`the event bus answered with ${code}`) : new EventRefused(code);
    },
    close: () => undefined,
  };
}

/** The code of a request that was refused, or of its one event; undefined where that was taken. @throws what the network says */
async function refusalOf(asked: Promise<unknown>): Promise<string | undefined> {
  try {
    const { FailedEntryCount: failed = 0, Entries: entries = [] } = (await asked) as PutEventsAnswer;
    return failed === 0 ? undefined : (entries[0]?.ErrorCode ?? 'InternalFailure');
  } catch (error) {
    if (error instanceof AwsRefusal && error.status < 500) return error.code;
    throw error;
  }
}
