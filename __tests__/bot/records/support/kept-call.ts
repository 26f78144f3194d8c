import { CallRecords, type CallRecordsOptions } from '../../../../bot/records/call-records';
import { createLogger } from '../../../../bot/telemetry/logger';
import { createTelemetry } from '../../../../bot/telemetry/telemetry';
import { type CallRecord, parseCallRecord } from '../../../../contract/call-record';
import { Redactor } from '../../../../contract/redactor';
import type { Clock } from '../../../../bot/time';
import { MemoryPlace } from '../../../support/memory-place';

/** The records of a bot, kept in memory, and its log. */
export function keptRecords(clock: Clock, given: Partial<CallRecordsOptions> = {}) {
  const place = new MemoryPlace();
  const log: string[] = [];
  const destination = { write: (line: string) => void log.push(line) };
  const telemetry = createTelemetry({ logger: createLogger({ level: 'debug', version: 'test', destination }) });
  const options: CallRecordsOptions = {
    place: { kind: 's3', bucket: 'a-bucket', prefix: '' },
    region: 'eu-north-1',
    key: 'k'.repeat(32),
    flushEveryMs: 30_000,
    spoolFolder: undefined,
    spoolBytes: 1024 * 1024,
    about: { bot: 'test', model: 'test-model' },
    redactor: new Redactor(),
    clock,
    telemetry,
    ...given,
  };
  const records = new CallRecords(options, place);
  const all = (): CallRecord[] =>
    [...place.objects]
      .filter(([key]) => key.startsWith('records/'))
      .map(([, bytes]) => parseCallRecord(bytes.toString()));
  const only = (): CallRecord => {
    const [record, ...others] = all();
    if (record === undefined || others.length > 0) throw new Error(`there are ${all().length} records`);
    return record;
  };
  const metrics = (): Promise<string> => telemetry.prometheus.render();
  return { records, place, log, all, only, metrics, options, telemetry };
}
