import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Telemetry } from '../telemetry';
import { type Clock, endsWithin } from '../time';
import type { AwsPost } from './aws-post';
import type { SerialisedEvent } from './serialised';

/** What nobody took: the event, who should have, and why not. */
export interface UndeliveredEvent {
  readonly destination: string;
  readonly why: string;
  readonly event: unknown;
}

/** Where such events are put. @throws whatever keeps one from being there */
export type Put = (id: string, undelivered: UndeliveredEvent) => Promise<void>;

/** In a queue of SQS, which keeps them until somebody looks. */
export const inQueue =
  (url: string, post: AwsPost): Put =>
  async (_id, undelivered) => {
    await post('SendMessage', { QueueUrl: url, MessageBody: JSON.stringify(undelivered) });
  };

/** In a folder, a file each. */
export const inFolder =
  (folder: string): Put =>
  async (id, undelivered) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `${id}-${undelivered.destination}.json`);
    await writeFile(`${file}.part`, `${JSON.stringify(undelivered)}\n`, { mode: 0o600 });
    await rename(`${file}.part`, file);
  };

interface UndeliveredOptions {
  /** Undefined: they are dropped. */
  readonly put: Put | undefined;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'record'>;
}

/** Keeps the events that nobody took, or counts that they are lost. */
export class UndeliveredEvents {
  readonly #o: UndeliveredOptions;
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: UndeliveredOptions) {
    this.#o = options;
  }

  keep({ id, type, body }: SerialisedEvent, destination: 'bus' | 'webhook', why: string): void {
    const { put, telemetry } = this.#o;
    const lost = (err?: unknown): void => telemetry.record('callEventLost', { destination, type, why, err });
    if (put === undefined) {
      lost();
      return;
    }
    const kept = put(id, { destination, why, event: JSON.parse(body) as unknown }).then(
      () => telemetry.record('callEventUndelivered', { destination, type, why }),
      lost,
    );
    const done = kept.finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  /** Waits for `withinMs` at most. Never rejects. */
  async close(withinMs: number): Promise<void> {
    await endsWithin(this.#o.clock, withinMs, Promise.all(this.#underWay));
  }
}
