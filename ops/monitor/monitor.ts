import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import type { Flags } from '../cli/flags';
import type { Report } from '../cli/report';
import { pause } from '../service/wait';
import { lookAtDeployment } from './look';

export const URL_FLAG = {
  url: { type: 'string', value: 'URL', description: "where the bot is [the settings' domain, else the deployment's]" },
} as const satisfies Flags;

export const monitor: Command = {
  details: `Asks /health and /ready, ECS for the service and its events, and the log group for errors and calls, again and again
until Ctrl-C; --once looks once, and its exit code says whether all is well.`,
  flags: {
    ...URL_FLAG,
    once: { type: 'boolean', description: 'look once' },
    every: { type: 'string', value: 'SECONDS', description: 'how often to look', default: '15' },
    minutes: { type: 'string', value: 'N', description: 'how far back errors and events go', default: '15' },
  },
  run: watch,
};

async function watch(context: Context): Promise<Report> {
  const minutes = context.flags.number('minutes', 1, 1440) ?? 15;
  const everyMs = (context.flags.number('every', 1, 3600) ?? 15) * 1000;
  for (;;) {
    const report: Report = {
      sections: await lookAtDeployment(context, minutes),
      data: { at: new Date().toISOString() },
    };
    if (context.flags.isSet('once')) return report;
    context.show(report);
    await pause(everyMs, context.io.signal, 'Nothing was changed.');
  }
}
