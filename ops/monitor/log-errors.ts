import { FilterLogEventsCommand, type FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { arnsOf } from '../../stacks/names';
import type { Settings } from '../../stacks/settings';
import type { Aws } from '../aws/aws';
import { parseJson } from '../cli/json';

/** Lines of the log that say the same, in the time looked at. */
export interface ErrorGroup {
  readonly level: string;
  readonly message: string;
  /** The bot's error code, where the line has one. */
  readonly code: string | undefined;
  readonly count: number;
  readonly lastAt: Date;
}

/** What the log says lately. */
export interface RecentLog {
  readonly errors: readonly ErrorGroup[];
  /** Calls by task, from each task's latest `service stats` line; undefined when there is none. */
  readonly load: { readonly activeCalls: number; readonly maxCalls: number; readonly tasks: number } | undefined;
}

const PATTERN = '{ ($.level = "error") || ($.level = "fatal") || ($.msg = "service stats") }';
/** A task writes its load every minute; an older line is of a task that is gone. */
const LOAD_WITHIN_MS = 150_000;
const MAX_PAGES = 10;

const line = z.looseObject({
  level: z.string(),
  msg: z.string(),
  code: z.string().optional(),
  err: z.looseObject({ code: z.string().optional() }).optional(),
  activeCalls: z.number().optional(),
  maxCalls: z.number().optional(),
});

/** Reads the log group's errors and loads; undefined when there is no such group. @throws OpsError */
export async function readLog(
  aws: Aws,
  settings: Settings,
  logGroup: string,
  sinceMs: number,
): Promise<RecentLog | undefined> {
  const resource = `${arnsOf(settings).logGroup(logGroup)}:*`;
  const asked = { action: 'logs:FilterLogEvents', resource, what: `the log group ${logGroup}` };
  const events: FilteredLogEvent[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const command = new FilterLogEventsCommand({
      logGroupName: logGroup,
      startTime: Date.now() - sinceMs,
      filterPattern: PATTERN,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    const answer = await aws.find(asked, ['ResourceNotFoundException'], (options) => aws.logs.send(command, options));
    if (answer === undefined) return undefined;
    events.push(...(answer.events ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) break;
  }
  return summarise(events, Date.now());
}

/** Errors grouped by what they say, the most frequent first, and the load of the tasks that still write. */
export function summarise(events: readonly FilteredLogEvent[], nowMs: number): RecentLog {
  const errors = new Map<string, ErrorGroup>();
  const loads = new Map<string, { activeCalls: number; maxCalls: number }>();
  const inOrder = [...events].sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
  for (const { message = '', timestamp = 0, logStreamName = '' } of inOrder) {
    const parsed = line.safeParse(parseJson(message)).data;
    if (parsed === undefined) continue; // Not one of the bot's lines.
    const { level, msg, activeCalls, maxCalls } = parsed;
    if (activeCalls !== undefined && maxCalls !== undefined) {
      if (nowMs - timestamp <= LOAD_WITHIN_MS) loads.set(logStreamName, { activeCalls, maxCalls });
      continue;
    }
    if (level !== 'error' && level !== 'fatal') continue;
    const code = parsed.code ?? parsed.err?.code;
    const key = JSON.stringify([level, msg, code]);
    const count = (errors.get(key)?.count ?? 0) + 1;
    errors.set(key, { level, message: msg, code, count, lastAt: new Date(timestamp) });
  }
  return {
    errors: [...errors.values()].sort((a, b) => b.count - a.count),
    load: loads.size === 0 ? undefined : sum([...loads.values()]),
  };
}

function sum(loads: readonly { activeCalls: number; maxCalls: number }[]): NonNullable<RecentLog['load']> {
  const total = (key: 'activeCalls' | 'maxCalls') => loads.reduce((before, load) => before + load[key], 0);
  return { activeCalls: total('activeCalls'), maxCalls: total('maxCalls'), tasks: loads.length };
}
