import { CloudwatchQueryDefinition } from '@cdktf/provider-aws/lib/cloudwatch-query-definition';
import { EVENTS, FAILURE_REASONS, fieldsOf, type LoggedEvent } from '../../contract/telemetry/catalogue';
import { PHONE_EVENTS } from '../../contract/telemetry/phone-events';
import type { AwsStack } from '../aws-stack';
import { hasTelephone } from '../settings';

const reasons = FAILURE_REASONS.map((reason) => `"${reason}"`).join(', ');

/** A query about one kind of log line; `f` has exactly the fields of that line. */
function about<E extends LoggedEvent>(
  event: E,
  parts: (f: ReturnType<typeof fieldsOf<E>>) => readonly string[],
): readonly string[] {
  return [`filter msg = "${EVENTS[event].message}"`, ...parts(fieldsOf(event))];
}

/** Operators' queries, by their name in Logs Insights. */
const SAVED_QUERIES: Readonly<Record<string, readonly string[]>> = {
  'failed calls': about('callEnded', (f) => [
    `filter ${f.reason} in [${reasons}]`,
    `fields @timestamp, ${f.callId}, ${f.reason}, ${f.durationMs}, ${f.turns}`,
    'sort @timestamp desc',
    'limit 200',
  ]),
  'why calls end': about('callEnded', (f) => [
    `stats count(*) as calls, avg(${f.durationMs}) / 1000 as seconds by ${f.reason}`,
    'sort calls desc',
  ]),
  'refused calls': about('callRefused', (f) => [`stats count(*) as calls by ${f.code}, bin(5m)`]),
  'calls sent on': about('callSentOn', (f) => [`stats count(*) as starts, max(${f.hop}) by ${f.why}, bin(5m)`]),
  'model failures': about('modelFailed', (f) => [`stats count(*) as failures by ${f.code}, bin(5m)`]),
  'model reconnects': about('modelReconnected', (f) => [
    `stats count(*) as reconnects, max(${f.gapMs}), pct(${f.gapMs}, 95) by bin(1h)`,
  ]),
  'model rotations': about('modelRotated', (f) => [
    `stats count(*) as rotations, max(${f.gapMs}), pct(${f.gapMs}, 95) by bin(1h)`,
  ]),
  'slow calls': about('callEnded', (f) => [
    `fields @timestamp, ${f.callId}, ${f.timeToGreetingMs}, ${f.endOfSpeechToAudioP50Ms}, ${f.endpointingP50Ms}, ${f.modelP50Ms}, ${f.playoutP50Ms}, ${f.turns}, ${f.bargeIns}, ${f.reconnects}`,
    `sort ${f.endOfSpeechToAudioP50Ms} desc`,
    'limit 50',
  ]),
  'latency percentiles': about('callEnded', (f) => [
    `stats pct(${f.timeToGreetingMs}, 50), pct(${f.timeToGreetingMs}, 95), pct(${f.endOfSpeechToAudioP50Ms}, 50), pct(${f.endOfSpeechToAudioP50Ms}, 95) by bin(1h)`,
  ]),
  'cost of calls': about('callEnded', (f) => [
    `stats sum(${f.estimatedCostUsd}) as dollars, sum(${f.durationMs}) / 60000 as minutes, count(*) as calls by bin(1d)`,
  ]),
  'dearest calls': about('callEnded', (f) => [
    `fields @timestamp, ${f.callId}, ${f.estimatedCostUsd}, ${f.durationMs}, ${f.inputSpeechTokens}, ${f.outputSpeechTokens}`,
    `sort ${f.estimatedCostUsd} desc`,
    'limit 50',
  ]),
  'calls with glitches': about('callEnded', (f) => [
    `filter ${f.glitches} > 0`,
    `fields @timestamp, ${f.callId}, ${f.glitches}, ${f.longestGlitchMs}, ${f.turns}`,
    `sort ${f.glitches} desc`,
    'limit 50',
  ]),
  'one call, start to end': [
    'fields @timestamp, msg, @message',
    'filter callId = "PASTE A CALL ID"',
    'sort @timestamp asc',
    'limit 1000',
  ],
  tools: about('toolCall', (f) => [
    `stats count(*) as calls, pct(${f.durationMs}, 95) as p95Ms by ${f.tool}, ${f.outcome}`,
  ]),
  'http errors': about('httpRequest', (f) => [
    `filter ${f.status} >= 400`,
    `stats count(*) as requests by ${f.route}, ${f.status}, bin(5m)`,
  ]),
  'load of tasks': about('serviceStats', (f) => [
    `stats max(${f.activeCalls}), max(${f.maxCalls}), max(${f.eventLoopLagMs}), max(${f.rssMb}) by @logStream, bin(5m)`,
  ]),
  'task protection': about('taskProtectionFailed', (f) => [
    `fields @timestamp, @logStream, ${f.why}, ${f.calls}`,
    'sort @timestamp desc',
    'limit 200',
  ]),
  'errors and warnings': [
    'fields @timestamp, level, msg, code, callId, requestId',
    // The level is a word in these lines.
    'filter level in ["warn", "error", "fatal"]',
    'sort @timestamp desc',
    'limit 200',
  ],
};

const PHONE_QUERIES: Readonly<Record<string, readonly string[]>> = {
  telephone: [
    `filter msg in [${Object.values(PHONE_EVENTS)
      .map(({ message }) => `"${message}"`)
      .join(', ')}]`,
    'fields @timestamp, msg, callSid, callId, code, why, step, status, attempts, heldMs',
    'sort @timestamp desc',
    'limit 200',
  ],
};

/** Saves the queries in the environment's folder. */
export function savedQueries(stack: AwsStack): void {
  const queries = { ...SAVED_QUERIES, ...(hasTelephone(stack.settings) ? PHONE_QUERIES : {}) };
  for (const [name, parts] of Object.entries(queries)) {
    new CloudwatchQueryDefinition(stack, `query-${name.replaceAll(/[^a-z]+/g, '-')}`, {
      name: `${stack.names.base}/${name}`,
      logGroupNames: [stack.names.logGroup],
      queryString: parts.join('\n| '),
    });
  }
}
