import { type CallEvent, MAX_EVENT_BYTES } from '../../contract/call-events';
import { recordKey } from '../../contract/call-record';

/** An event as it is sent: to whomever, and however often, the same text. */
export interface SerialisedEvent {
  readonly id: string;
  readonly type: CallEvent['type'];
  readonly body: string;
  readonly bytes: number;
}

/** The event's text: where its record makes it too long, it names the record's key instead. */
export function serialised(event: CallEvent): SerialisedEvent {
  const body = JSON.stringify(event);
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_EVENT_BYTES && event.type === 'call.ended' && event.record !== undefined) {
    const { record, ...rest } = event;
    return serialised({ ...rest, recordKey: recordKey(record) });
  }
  return { id: event.id, type: event.type, body, bytes };
}
