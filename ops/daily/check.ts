import { existsSync } from 'node:fs';
import path from 'node:path';
import { readConfig, type Config } from '../../bot/config';
import { BotError } from '../../bot/errors';
import { createLogger, createTelemetry } from '../../bot/telemetry';
import type { VariableName } from '../../contract/variables';
import { checkRoom, type RoomReport } from './room-check';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { Interrupted, OpsError } from '../cli/ops-error';
import type { Finding } from '../cli/report';
import { openSource } from '../environment/sources';

export const dailyCheck: Command = {
  details: `Makes a private room with DAILY_API_KEY, joins it with two clients of daily-js in the browser that calls run in
(CHROMIUM_PATH), sends a tone and a message each way, prints the times, and takes the room away. It needs "npm run build"
and costs a fraction of a cent. docs/daily.md says what only this can show.`,
  flags: {
    'env-file': {
      type: 'string',
      value: 'PATH',
      description: 'where the key is [.env if there is one, else the environment]',
    },
  },
  run: async (context) => ({
    sections: [{ title: 'A room of Daily', findings: await checkDaily(context) }],
  }),
};

async function checkDaily(context: Context): Promise<Finding[]> {
  const { io, progress } = context;
  const { daily } = readConfiguration(context);
  if (daily.apiKey === undefined) {
    throw new OpsError('usage', 'DAILY_API_KEY is not set', 'Set it for this command, or in .env.');
  }
  const pageDirectory = path.join(io.folder, 'dist/daily-page');
  if (!existsSync(pageDirectory))
    throw new OpsError('bot_not_built', 'the page for Daily calls is not built', 'npm run build');
  progress('Making a room and joining it twice…');
  try {
    const report = await checkRoom(
      {
        apiKey: daily.apiKey,
        apiUrl: daily.apiUrl,
        bundleUrl: daily.bundleUrl,
        chromium: { configuredPath: daily.chromiumPath },
        pageDirectory,
        telemetry: createTelemetry({ logger: createLogger({ level: 'silent', version: 'ops' }) }),
      },
      io.signal,
    );
    return findings(report);
  } catch (error) {
    if (io.signal.aborted) throw new Interrupted('The room is taken away.');
    const { message, code } = BotError.from(error);
    return [
      { status: 'failed', subject: 'call', text: message, data: { error: code }, fix: 'docs/errors.md has this code.' },
    ];
  }
}

const VARIABLES = [
  'DAILY_API_KEY',
  'DAILY_API_URL',
  'DAILY_BUNDLE_URL',
  'CHROMIUM_PATH',
] as const satisfies readonly VariableName[];

/** By the bot's own rules. @throws OpsError `usage` */
function readConfiguration(context: Context): Config {
  const source = openSource(context);
  const given = VARIABLES.map((name) => [name, source.get(name)?.value] as const);
  try {
    return readConfig({ ...Object.fromEntries(given), TRANSPORT: 'daily' });
  } catch (error) {
    throw new OpsError('usage', BotError.from(error).message, 'docs/configuration.md has the rules.');
  }
}

function findings({ roomMs, joinMs, soundMs, messageMs, leaveMs }: RoomReport): Finding[] {
  const both = (pair: readonly [number, number]): string => pair.map((ms) => `${Math.round(ms)} ms`).join(' and ');
  return [
    { status: 'ok', subject: 'room', text: `made, with tokens, in ${Math.round(roomMs)} ms`, data: { roomMs } },
    { status: 'ok', subject: 'join', text: `both in after ${Math.round(joinMs)} ms`, data: { joinMs } },
    { status: 'ok', subject: 'sound', text: `${both(soundMs)} each way`, data: { soundMs } },
    { status: 'ok', subject: 'messages', text: `${both(messageMs)} each way`, data: { messageMs } },
    { status: 'ok', subject: 'end', text: `left in ${Math.round(leaveMs)} ms, the room is gone`, data: { leaveMs } },
  ];
}
