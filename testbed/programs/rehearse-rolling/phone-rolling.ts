import { BotProcess, connectBots, phoneEnvironment } from '../../processes';
import { startFakeBedrock } from '../../fakes/bedrock';
import { LoadBalancer, Scheduler } from '../../fakes/ecs';
import { type FakeCall, type FakeTwilio, openTwilio } from '../../fakes/twilio';
import { FakeEcs } from '../../../smoke/ecs';
import { deployAnew } from './deploy-anew';
import { taskEnvironment } from './task-environment';
import type { RollingOptions } from './rolling';

/** What became of telephone calls in a rolling replacement. */
export interface PhoneRollingResult {
  readonly calls: number;
  /** Calls that ended before their caller hung up. */
  readonly dropped: number;
  /** Callers who heard an apology or nothing, instead of the bot. */
  readonly refused: number;
  /** Calls by how many tries their stream took. */
  readonly tries: Readonly<Record<number, number>>;
  readonly exitCodes: readonly (number | null)[];
  readonly killed: number;
  /** What the bots did that Twilio does not take; a refused try is none. */
  readonly brokenRules: readonly string[];
  readonly tookMs: number;
}

const ANSWER_WITHIN_MS = 30_000;
const REFUSED_TRY = 31920;

/**
 * A release under telephone calls: bots as tasks behind a load balancer to which upgrades come, on whichever task they land;
 * a new deployment; more calls while it is under way; every call still answers after it; then all hang up, and the old tasks
 * go.
 */
export async function phoneRollingReplacement(options: RollingOptions): Promise<PhoneRollingResult> {
  const { tasks, callsPerTask, say = () => undefined } = options;
  const [ecs, balancer, sandbox, twilio] = await Promise.all([
    FakeEcs.start(),
    LoadBalancer.start(),
    startFakeBedrock({ voice: 'tone', keepAudioOf: 0 }),
    openTwilio(),
  ]);
  connectBots(twilio, [balancer.url]);
  const bots = new Map<string, BotProcess>();
  const scheduler = new Scheduler({
    ecs,
    balancer,
    start: async (task, environment) => {
      const bot = await BotProcess.start(0, {
        ...environment,
        ...phoneEnvironment(twilio),
        ...taskEnvironment(sandbox, callsPerTask),
        // What is rehearsed is the replacement, not this machine's speed.
        BUSY_AT_LATENESS_MS: '0',
      });
      bots.set(task.id, bot);
      return bot;
    },
  });
  const callers = new Callers(twilio);
  try {
    const old = await scheduler.launch(tasks);
    await callers.call(options.callsBefore);
    say(`${old.length} tasks, ${callers.live.length} calls`);

    const beganMs = performance.now();
    const { retiring } = await deployAnew({ ecs, scheduler, bots, old, say });

    await callers.call(options.callsDuring);
    await Promise.all(callers.live.map(answers));
    const dropped = callers.taken.length - callers.live.length;
    say(`${callers.live.length} calls answer; ${dropped} dropped, ${callers.refused} refused`);

    await callers.hangUp();
    const stopped = await retiring;
    const tookMs = performance.now() - beganMs;
    say(`${stopped.length} old tasks gone after ${Math.round(tookMs)} ms`);
    return {
      calls: callers.taken.length,
      dropped,
      refused: callers.refused,
      tries: callers.tries,
      exitCodes: stopped.map(({ exitCode }) => exitCode),
      killed: stopped.filter(({ killed }) => killed).length,
      brokenRules: twilio.errors
        .filter(({ code }) => code !== REFUSED_TRY)
        .map(({ code, about }) => `${code} ${about}`),
      tookMs,
    };
  } finally {
    await twilio.close();
    await scheduler.close();
    await Promise.all([balancer.close(), ecs.close(), sandbox.close()]);
  }
}

/** People who ring, each from a number of their own. */
class Callers {
  readonly #twilio: FakeTwilio;
  /** Those who were put through to the bot. */
  readonly taken: FakeCall[] = [];
  refused = 0;
  #count = 0;

  constructor(twilio: FakeTwilio) {
    this.#twilio = twilio;
  }

  get live(): readonly FakeCall[] {
    return this.taken.filter(({ status }) => status === 'in-progress');
  }

  get tries(): Record<number, number> {
    const tries: Record<number, number> = {};
    for (const { events } of this.taken) {
      const count = events.filter(({ kind }) => kind === 'upgrade').length;
      tries[count] = (tries[count] ?? 0) + 1;
    }
    return tries;
  }

  /** So many ring at once; resolves when each has heard the bot, or was refused. */
  async call(count: number): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, async () => {
        this.#count += 1;
        const call = this.#twilio.ring({ from: `+1415555${String(1_000 + this.#count)}`, records: false });
        const heard = await call.waitFor('audio', { timeoutMs: ANSWER_WITHIN_MS }).catch(() => undefined);
        if (heard === undefined) this.refused += 1;
        else this.taken.push(call);
      }),
    );
  }

  async hangUp(): Promise<void> {
    for (const call of this.taken) call.hangUp();
    await Promise.all(this.taken.map(({ ended }) => ended));
  }
}

/** It presses a key, and hears the bot. @throws Error where it does not */
async function answers(call: FakeCall): Promise<void> {
  const after = call.events.length - 1;
  await call.press('1#');
  await call.waitFor('audio', { after, timeoutMs: ANSWER_WITHIN_MS });
}
