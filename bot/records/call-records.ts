import { type CallRecord, callerPseudonym, type RecordsPlace } from '../../contract/call-record';
import type { Redactor } from '../../contract/redactor';
import { BotError } from '../errors';
import type { Telemetry } from '../telemetry';
import type { Clock } from '../time';
import { CallRecorder, type RecordedCall } from './call-recorder';
import { FolderSink } from './folder-sink';
import { S3Sink } from './s3-sink';
import { SpoolMirror } from './spool-mirror';
import { RecordWriter, type Sink } from './writer';

export interface CallRecordsOptions {
  readonly place: RecordsPlace;
  readonly region: string;
  /** Another S3 than AWS's own. */
  readonly s3EndpointUrl?: string | undefined;
  /** Makes callers' pseudonyms. */
  readonly key: string | undefined;
  readonly flushEveryMs: number;
  /** Where what waits for S3 outlives the process. */
  readonly spoolFolder: string | undefined;
  readonly spoolBytes: number;
  /** The bot's version, and the model's name. */
  readonly about: Pick<CallRecord, 'bot' | 'model'>;
  readonly redactor: Pick<Redactor, 'clean'>;
  /** Whether spans have the words that records have. */
  readonly tracesContent?: boolean | undefined;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Hears of each call that is over. */
  readonly onEnded?: ((record: CallRecord) => void) | undefined;
}

/** The records of a process's calls, and the one who writes them. */
export class CallRecords {
  readonly #o: CallRecordsOptions;
  readonly #writer: RecordWriter;
  readonly #allowance: { bytes: number };

  constructor(options: CallRecordsOptions, sink: Sink, mirror?: SpoolMirror) {
    const { clock, telemetry, spoolBytes } = options;
    this.#o = options;
    this.#writer = new RecordWriter({ sink, mirror, maxBytes: spoolBytes, clock, telemetry });
    this.#allowance = { bytes: spoolBytes };
  }

  /**
   * Opens the place, and sends what a process before this one has left.
   * @throws BotError `config_invalid` where the place is a folder that cannot be made
   */
  static async open(options: CallRecordsOptions): Promise<CallRecords> {
    const { place, spoolFolder: folder, clock, telemetry } = options;
    const sink = await sinkFor(options);
    const isSpooled = place.kind === 's3' && folder !== undefined;
    const mirror = isSpooled ? new SpoolMirror({ folder, clock, logger: telemetry.logger }) : undefined;
    const records = new CallRecords(options, sink, mirror);
    telemetry.watch('callRecordsWaiting', () => records.#writer.waitingBytes);
    if (mirror !== undefined) await records.#sendLeft(mirror);
    return records;
  }

  /** Keeps a record of the call from now on; undefined where its agent wants none. */
  call(recorded: RecordedCall): CallRecorder | undefined {
    if (recorded.agent.records.level === 'none') return undefined;
    const { place, key, clock, about, flushEveryMs, redactor, telemetry } = this.#o;
    const { tracesContent = false, onEnded = () => undefined } = this.#o;
    const { caller } = recorded;
    return new CallRecorder({
      call: { ...recorded, caller: caller === undefined ? undefined : callerPseudonym(caller, key) },
      writer: this.#writer,
      intake: { grows: place.kind === 'folder', allowance: this.#allowance },
      clock,
      about,
      flushEveryMs,
      redactor,
      tracesContent,
      logger: telemetry.logger,
      onEnded,
    });
  }

  /** Once no call is left: what still waits is sent within `withinMs`, or dropped and counted. Idempotent, never rejects. */
  close(withinMs: number): Promise<void> {
    return this.#writer.close(withinMs);
  }

  async #sendLeft(mirror: SpoolMirror): Promise<void> {
    const items = await mirror.left();
    for (const item of items) this.#writer.write(item);
    if (items.length > 0)
      this.#o.telemetry.logger.info({ items: items.length }, 'call records of a former process are sent');
    await mirror.forgetLeft();
  }
}

async function sinkFor({ place, region, s3EndpointUrl: endpointUrl }: CallRecordsOptions): Promise<Sink> {
  if (place.kind === 's3') return S3Sink.open({ region, ...place, endpointUrl });
  try {
    return new FolderSink(place.folder);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new BotError('config_invalid', `CALL_RECORDS must be a folder that can be made (${code})`, { cause: error });
  }
}
