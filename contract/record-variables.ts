import { recordsPlace } from './call-record';
import { integer, seconds, secretKey, text } from './variable-readers';

/* What is kept of calls, and where; a part of contract/variables.ts. */

export const RECORD_VARIABLES = {
  place: text('CALL_RECORDS', 'the path of a folder, or s3://BUCKET/PREFIX', {
    pattern: { test: (raw) => recordsPlace(raw) !== undefined },
    defaultText: 'nothing is kept',
    description:
      'Where records of calls go, and recordings: see docs/call-records.md. How much is kept of a call, its agent says.',
  }),
  key: secretKey('CALL_RECORDS_KEY', {
    defaultText: 'only callers by telephone have pseudonyms',
    description: "What callers' pseudonyms in records are made with; the same for all tasks.",
  }),
  flushEveryMs: seconds('CALL_RECORDS_FLUSH_SECONDS', {
    min: 1,
    max: 300,
    fallback: 30,
    description: 'How often the record of a call that goes on is written: so much is lost of it with the process.',
  }),
  spoolFolder: text('CALL_RECORDS_SPOOL_FOLDER', 'the path of a folder', {
    defaultText: 'memory',
    description:
      'Where what S3 has not taken yet waits, so that it outlives the process: the next one sends it. Only with s3://.',
  }),
  spoolMegabytes: integer('CALL_RECORDS_SPOOL_MB', {
    min: 1,
    max: 10_000,
    fallback: 64,
    description: 'How much may wait to be taken, in all; what finds no room is dropped, and counted.',
  }),
  s3EndpointUrl: text('CALL_RECORDS_S3_ENDPOINT_URL', 'the http origin of a loopback address', {
    pattern: /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?\/?$/,
    defaultText: 'S3 of AWS_REGION',
    description: 'For development: a stand-in for S3. Refused where the bot runs on ECS.',
  }),
};
