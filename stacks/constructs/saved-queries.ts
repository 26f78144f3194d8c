import { CloudwatchQueryDefinition } from '@cdktf/provider-aws/lib/cloudwatch-query-definition';
import type { AwsStack } from '../aws-stack';
import { FAILURE_REASONS, MESSAGES } from './telemetry-names';

const reasons = FAILURE_REASONS.map((reason) => `"${reason}"`).join(', ');
const is = (message: keyof typeof MESSAGES): string => `filter msg = "${MESSAGES[message]}"`;

/** Questions that operators ask, by the name under which Logs Insights shows them. */
export const SAVED_QUERIES: Readonly<Record<string, readonly string[]>> = {
  'failed calls': [
    'fields @timestamp, callId, reason, durationMs, turns',
    is('callEnded'),
    `filter reason in [${reasons}]`,
    'sort @timestamp desc',
    'limit 200',
  ],
  'why calls end': [
    is('callEnded'),
    'stats count(*) as calls, avg(durationMs) / 1000 as seconds by reason',
    'sort calls desc',
  ],
  'refused calls': [is('callRefused'), 'stats count(*) as calls by code, bin(5m)'],
  'model failures': [is('modelFailed'), 'stats count(*) as failures by code, bin(5m)'],
  'model reconnects': [is('modelReconnected'), 'stats count(*) as reconnects, max(gapMs), pct(gapMs, 95) by bin(1h)'],
  'slow calls': [
    'fields @timestamp, callId, timeToGreetingMs, endOfSpeechToAudioP50Ms, turns, bargeIns, reconnects',
    is('callEnded'),
    'sort endOfSpeechToAudioP50Ms desc',
    'limit 50',
  ],
  'latency percentiles': [
    is('callEnded'),
    'stats pct(timeToGreetingMs, 50), pct(timeToGreetingMs, 95), pct(endOfSpeechToAudioP50Ms, 50), pct(endOfSpeechToAudioP50Ms, 95) by bin(1h)',
  ],
  'one call, start to end': [
    'fields @timestamp, msg, @message',
    'filter callId = "PASTE A CALL ID"',
    'sort @timestamp asc',
    'limit 1000',
  ],
  tools: [is('toolCall'), 'stats count(*) as calls, pct(durationMs, 95) as p95Ms by tool, outcome'],
  'http errors': [is('httpRequest'), 'filter status >= 400', 'stats count(*) as requests by route, status, bin(5m)'],
  'load of tasks': [
    is('serviceStats'),
    'stats max(activeCalls), max(maxCalls), max(eventLoopLagMs), max(rssMb) by @logStream, bin(5m)',
  ],
  'errors and warnings': [
    'fields @timestamp, level, msg, code, callId, requestId',
    'filter level >= 40',
    'sort @timestamp desc',
    'limit 200',
  ],
};

/** Saves the queries in a folder of the environment's own. */
export function savedQueries(stack: AwsStack): void {
  for (const [name, parts] of Object.entries(SAVED_QUERIES)) {
    new CloudwatchQueryDefinition(stack, `query-${name.replaceAll(/[^a-z]+/g, '-')}`, {
      name: `${stack.names.base}/${name}`,
      logGroupNames: [stack.names.logGroup],
      queryString: parts.join('\n| '),
    });
  }
}
