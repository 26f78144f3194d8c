import { BotProcess, buildBot } from '../../processes';
import { agentsIn, watchAgents } from '../dev/agents';
import { withAgents } from '../dev/environment';
import { requireAgent } from '../dev/options';
import { Cleanup } from './cleanup';
import { prepareFolder } from './folder';
import { EXIT_INTERRUPTED, Interruption } from './interruption';
import { MachineWatch } from './machine';
import { modelCause } from './model-cause';
import { Narrator } from './narrator';
import type { DemoOptions } from './options';
import { type StandIns, startStandIns } from './stand-ins';
import { conclude } from './summary';
import { byTelephone, throughDaily, type Way, webRtc } from './ways';

/**
 * Builds, starts what is needed, calls, judges, and stays up for the caller themselves.
 * @returns the program's exit code
 * @throws Error with words for the user when no call came about
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  if (options.agent !== undefined) requireAgent(options.agent, agentsIn(process.cwd()));
  const recordings = prepareFolder(options.recordings);
  const interruption = new Interruption();
  const cleanup = new Cleanup();
  const work = demonstrate({ ...options, recordings }, cleanup);
  try {
    return await interruption.orElse(work);
  } catch (error) {
    if (interruption.happened) return EXIT_INTERRUPTED;
    throw error;
  } finally {
    await cleanup.run();
    // What was about to start when the end came has its own end then.
    await work.catch(() => undefined);
    interruption.forget();
  }
}

async function demonstrate(options: DemoOptions, cleanup: Cleanup): Promise<number> {
  await buildBot();
  const standIns = await startStandIns(options);
  await cleanup.add(() => standIns.stop());
  // Ctrl-C is for the demo, which then stops the bot: two signals would end it before it has tidied up.
  const withAgent = options.agent === undefined ? {} : await agentEnvironment(options.agent, cleanup);
  const environment = { ...standIns.botEnvironment, ...withAgent };
  const bot = await BotProcess.start(options.port, environment, { ownGroup: true });
  await cleanup.add(() => bot.stop());
  if (options.agent !== undefined) {
    console.log(
      `\nOpen ${bot.url}/ and speak or type; \`call TOOL {"argument": "value"}\` has the stand-in call a tool. Ctrl-C ends it.`,
    );
    return (await bot.exited) ?? 0;
  }
  const narrator = new Narrator(process.stdout);
  await cleanup.add(() => narrator.stop());
  const machine = new MachineWatch(bot.pid);
  const way = wayOf(standIns);
  const surroundings = { narrator, cleanup, session: () => standIns.session() };
  const call = await way.place(bot.url, surroundings).catch((error: unknown) => {
    const cause = modelCause(bot.log);
    throw cause === undefined ? error : new Error(cause, { cause: error });
  });
  narrator.stop();
  const { code, reportFile } = conclude(call, await machine.stop(), options);
  await call.hangUp();
  if (options.once) {
    console.log(`Report: ${reportFile}`);
    return code;
  }
  console.log(`\nNow you: open ${bot.url}/ and speak or type.${way.hint} Ctrl-C ends it.\nReport: ${reportFile}`);
  await bot.exited;
  return code;
}

/** What has the bot answer as an agent that is still being made. */
async function agentEnvironment(agent: string, cleanup: Cleanup): Promise<NodeJS.ProcessEnv> {
  const agents = await watchAgents(process.cwd());
  await cleanup.add(() => agents.stop());
  return withAgents(agents.folder, agent);
}

function wayOf({ daily, twilio }: StandIns): Way {
  if (twilio !== undefined) return byTelephone(twilio);
  return daily === undefined ? webRtc : throughDaily(daily.bundleUrl);
}
