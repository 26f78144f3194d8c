import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EmittedStack } from '../../fakes/terraform';
import type { EmulatedAccount } from './account';
import { added } from './inventory';
import { keptIn, putRecord } from './kept';
import { OlderVersion } from './older-version';
import { type OpsEvent, type Ran, runOps, type RunOptions } from './ops-command';
import { Secrecy } from './secrecy';
import type { Stop } from './stops';

const DEPLOY = ['deploy', '--environment', 'test', '--yes', '--json'];
const DESTROY = ['destroy', '--environment', 'test', '--confirm', 'test', '--json'];
const ALARMS = ['alarms', 'test', '--environment', 'test', '--yes', '--json'];
const STEPS = ['settings', 'state', 'foundation', 'secrets', 'image', 'service', 'smoke'];
const STACKS = ['state', 'foundation', 'service'] as const;

/** What is not as it must be; nothing where all is well. */
export type Problems = readonly string[];

const tail = (text: string): string =>
  text
    .replaceAll(/\\u001b\[\d*m/g, '')
    .split('\n')
    .slice(-25)
    .map((line) => line.slice(0, 400))
    .join('\n');

/** What is made only for calls through Daily: a way out to it, and its key. */
const OF_DAILY = /^aws_(?:vpc|eip|nat_gateway) |daily-api-key/;
/** What a task says of itself where callers come straight to it. */
const DIRECT_VARIABLES = { TRANSPORT: /^webrtc$/, ICE_SERVERS: /stun:/, WEBRTC_UDP_PORT: /^\d+$/ };

/** One environment's life in an emulated account. */
export class CloudRehearsal {
  readonly #secrecy: Secrecy;
  readonly #deploy: readonly string[];

  /** @param transport how callers come in, as an operator without settings asks for it */
  constructor(
    private readonly account: EmulatedAccount,
    private readonly commit: string,
    private readonly transport: 'daily' | 'webrtc' = 'daily',
  ) {
    this.#secrecy = new Secrecy(account);
    this.#deploy = transport === 'daily' ? DEPLOY : [...DEPLOY, '--transport', transport];
  }

  /** Looks for every secret in whatever the runs so far have left. */
  secrecy(): Promise<Problems> {
    return this.#secrecy.leaks();
  }

  /** Begins a deployment and stops it. */
  async stopped(stop: Stop): Promise<Problems> {
    const held = stop.during === undefined ? undefined : this.account.aws.hold(stop.during);
    const { status, output, events } = await this.#ops(this.#deploy, {
      signal: stop.signal,
      ...(held === undefined
        ? { at: ({ event, step, status: now }) => event === 'step' && step === stop.step && now === 'started' }
        : { when: held.arrived, sent: held.release }),
    });
    if (stop.signal === 'SIGKILL') {
      return status === null ? [] : [`it ended with ${status} before it was killed:\n${tail(output)}`];
    }
    const last = events.at(-1);
    return [
      ...(status === 130 ? [] : [`it ended with ${String(status)}, not 130:\n${tail(output)}`]),
      ...(last?.event === 'end' && last.ok === false ? [] : ['its last event is not the end of a deployment']),
    ];
  }

  /** A deployment to its end: with a spoken call, and one of everything. */
  async complete(): Promise<Problems> {
    const { status, output, events } = await this.#ops(this.#deploy);
    if (status !== 0) return [`it ended with ${String(status)}:\n${tail(output)}`, ...this.#taskProblems()];
    const smoke = events.find(({ step, status: now }) => step === 'smoke' && now === 'done');
    const said = events.filter(({ step }) => step === 'smoke').map(({ text = '' }) => text);
    const isHeard = said.some((text) => /greeted after \d+ ms and answered after \d+ ms/.test(text));
    return [
      ...(smoke === undefined || !isHeard ? [`no call was spoken: ${said.join(' ')}`] : []),
      ...(await this.problemsOfEnd()),
    ];
  }

  /** Every alarm of it is raised and heard, and what a test of them made is gone; so where Ctrl-C ends the listening. */
  async alarms(): Promise<Problems> {
    const held = this.account.aws.hold('sqs:ReceiveMessage');
    const stopped = await this.#ops(ALARMS, { signal: 'SIGINT', when: held.arrived, sent: held.release });
    const ringing = await this.account.ringing();
    const { status, output } = await this.#ops(ALARMS);
    const heard = output.match(/was heard on the topic/g)?.length ?? 0;
    const made = (await this.account.inventory()).get('aws_cloudwatch_metric_alarm')?.length ?? 0;
    return [
      ...(stopped.status === 130 ? [] : [`Ctrl-C ended with ${String(stopped.status)}:\n${tail(stopped.output)}`]),
      ...ringing.map((name) => `${name} was left ringing`),
      ...(status === 0 && heard > 0 && heard === made
        ? []
        : [`${heard} of ${made} alarms were heard; it ended with ${String(status)}:\n${tail(output)}`]),
      ...(await this.problemsOfEnd()),
    ];
  }

  /** What a deployment made whose callers come straight to its task: nothing of Daily's, and a task that says so. */
  async direct(): Promise<Problems> {
    const made = added(this.account.empty, await this.account.inventory());
    const declared = this.account.taskVariables;
    return [
      ...made.filter((one) => OF_DAILY.test(one)).map((one) => `${one} is made, and nobody needs it`),
      ...Object.entries(DIRECT_VARIABLES)
        .filter(([name, wanted]) => !wanted.test(declared.get(name) ?? ''))
        .map(([name]) => `the task's ${name} is ${declared.get(name) ?? 'not set'}`),
    ];
  }

  /** The same once more, which must find nothing to do. */
  async again(): Promise<Problems> {
    const before = this.account.requests.length;
    const { status, output, events } = await this.#ops(this.#deploy);
    const writes = this.account.writesSince(before);
    const done = events.filter(({ event, status: now }) => event === 'step' && now === 'done');
    return [
      ...(status === 0 ? [] : [`it ended with ${String(status)}:\n${tail(output)}`]),
      ...(writes.length === 0 ? [] : [`it changed something: ${writes.join(', ')}`]),
      ...STEPS.filter((step) => !done.some((one) => one.step === step && one.changed === false)).map(
        (step) => `${step} does not say that it changed nothing`,
      ),
      ...(events.at(-1)?.changed === false ? [] : ['its end does not say that it changed nothing']),
    ];
  }

  /** Plans both stacks as the nightly check for drift does, which must find nothing. */
  async untouched(): Promise<Problems> {
    return (await this.#drift('foundation', 'service')).map((what) => `drift of ${what}`);
  }

  /** All processes are killed in the middle of an apply, as by a machine that is gone: terraform cannot free its lock. */
  async killedWhole(): Promise<Problems> {
    await this.#keepLogsFor(1);
    const held = this.account.aws.hold('logs:PutRetentionPolicy');
    const killed = await this.#ops(this.#deploy, {
      signal: 'SIGKILL',
      isWhole: true,
      when: held.arrived.then(() => this.account.lockNoted('foundation')),
      sent: held.release,
    });
    const left = await this.account.lockedStates();
    const { status, output, events } = await this.#ops(this.#deploy);
    const isTold = events.some(({ text = '' }) => text.includes('left by a run from here that was killed'));
    return [
      ...(killed.status === null ? [] : [`it ended with ${killed.status} before it was killed`]),
      ...(left.length === 1 ? [] : [`${left.length} states were left locked, where one was to be`]),
      ...(status === 0 ? [] : [`it did not go on:\n${tail(output)}`]),
      ...(isTold ? [] : ['it does not say whose lock it took over']),
      ...(await this.problemsOfEnd()),
      ...(await this.untouched()),
    ];
  }

  /** Two people deploy the same at once, each from a folder of his own: one waits for the other, and is told for whom. */
  async twoAtOnce(): Promise<Problems> {
    await this.#keepLogsFor(1);
    const held = this.account.aws.hold('logs:PutRetentionPolicy');
    const first = this.#ops(this.#deploy);
    await held.arrived;
    const isWait = ({ text = '' }: OpsEvent): boolean => /waiting up to five minutes .* who began to apply/.test(text);
    const second = this.#ops(this.#deploy, undefined, this.account.anotherCheckout(), (event) => {
      if (isWait(event)) held.release();
    });
    void second.then(held.release);
    const [one, two] = await Promise.all([first, second]);
    const isTold = two.events.some(isWait);
    return [
      ...[one, two].flatMap(({ status, output }) =>
        status === 0 ? [] : [`one ended with ${String(status)}:\n${tail(output)}`],
      ),
      ...(isTold ? [] : [`the second is not told for whom it waits:\n${tail(two.output)}`]),
      ...(await this.problemsOfEnd()),
    ];
  }

  /** Changes something behind terraform. */
  async #keepLogsFor(retentionInDays: number): Promise<void> {
    const logGroupName = '/ecs/pipecat-voice-agent-test';
    await this.account.api.ask('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays });
  }

  /** Changes something behind terraform, which the check for drift must find, and the next deployment put right. */
  async touched(): Promise<Problems> {
    await this.#keepLogsFor(1);
    const found = await this.#drift('foundation');
    await this.#keepLogsFor(30);
    return found.some((what) => what.includes('retention_in_days')) ? [] : ['it was not found'];
  }

  async #drift(...stacks: string[]): Promise<string[]> {
    const found: string[] = [];
    for (const stack of stacks) {
      const { status, output } = await this.#ops(['release', 'plan', stack, '--environment', 'test'], undefined, {
        NO_LOCK: 'true',
      });
      if (status !== 0) return [`the plan of ${stack} ended with ${String(status)}:\n${tail(output)}`];
      const page = readFileSync(path.join(this.account.releaseFolder, `test-${stack}`, 'review.md'), 'utf8');
      if (!/: 0 to add, 0 to change, 0 to replace, 0 to destroy/.test(output)) found.push(`${stack}:\n${page}`);
    }
    return found;
  }

  /** What is kept of calls does not go with an environment by the way: that has to be said, too. */
  async recordsStay(): Promise<Problems> {
    await putRecord(this.account);
    const before = this.account.requests.length;
    const { status, output, events } = await this.#ops(DESTROY);
    const { error } = events.at(-1) ?? {};
    return [
      ...(status === 1 && error?.code === 'refused' ? [] : [`it ended with ${String(status)}:\n${tail(output)}`]),
      ...(error?.message.includes('1 record and 0 recordings of calls') === true
        ? []
        : ['it does not say what would go']),
      ...this.account.writesSince(before).map((write) => `it did ${write}`),
    ];
  }

  /** Takes everything away again. @param more options */
  async destroy(...more: readonly string[]): Promise<Problems> {
    const { status, output, events } = await this.#ops([...DESTROY, ...more]);
    const kept = events.at(-1)?.kept ?? [];
    const left = added(this.account.empty, await this.account.inventory()).filter(
      (what) => !kept.some((one) => one.includes(what.split(' ')[1] ?? what)),
    );
    return [
      ...(status === 0 ? [] : [`it ended with ${String(status)}:\n${tail(output)}`]),
      ...left.map((what) => `it left ${what}, and does not say so`),
    ];
  }

  /** Once more, where there is nothing left. */
  async destroyAgain(): Promise<Problems> {
    const before = this.account.requests.length;
    const { status, output, events } = await this.#ops(DESTROY);
    const writes = this.account.writesSince(before);
    return [
      ...(status === 0 && events.at(-1)?.changed === false
        ? []
        : [`it ended with ${String(status)}:\n${tail(output)}`]),
      ...(writes.length === 0 ? [] : [`it changed something: ${writes.join(', ')}`]),
    ];
  }

  /** An environment of an older version, brought up to this one by the same command: what holds data is what it was. */
  async upgraded(): Promise<Problems> {
    await new OlderVersion(this.account).deploy();
    return this.#keepsData(() => this.complete());
  }

  /** All that can be kept and told of calls, in an environment that kept less. */
  async moreOfCalls(): Promise<Problems> {
    this.account.addSettings({ records: { pseudonyms: true, analytics: true, events: { bus: true } } });
    return this.#keepsData(() => this.complete());
  }

  async #keepsData(act: () => Promise<Problems>): Promise<Problems> {
    const before = await keptIn(this.account);
    const problems = await act();
    const after = await keptIn(this.account);
    return [
      ...problems,
      ...(before.size > 0 ? [] : ['there was nothing that must stay']),
      ...[...before].filter((one) => !after.has(one)).map((one) => `${one} was not kept`),
    ];
  }

  /** Whatever came before: each stack is complete, the account holds what they say and no more, and nothing is locked. */
  async problemsOfEnd(): Promise<Problems> {
    const counts = this.#emitted();
    const held = added(this.account.empty, await this.account.inventory());
    const problems = [...(await this.account.inventory()).keys()].flatMap((type) => {
      const names = held.filter((one) => one.startsWith(`${type} `)).map((one) => one.split(' ')[1]);
      const expected = counts.get(type) ?? 0;
      return names.length === expected
        ? []
        : [`${names.length} of ${type} where ${expected} belong: ${names.join(', ')}`];
    });
    const locks = await this.account.lockedStates();
    return [...problems, ...locks.map((lock) => `a state is still locked: ${lock}`), ...this.#taskProblems()];
  }

  /** How many of each type the stacks make. */
  #emitted(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const stack of STACKS) {
      const emitted = path.join(this.account.emittedFolder, 'stacks', `test-${stack}`, 'cdk.tf.json');
      const released = path.join(this.account.releaseFolder, `test-${stack}`, 'cdk.tf.json');
      const { resource = {} } = JSON.parse(
        readFileSync(existsSync(released) ? released : emitted, 'utf8'),
      ) as EmittedStack;
      for (const [type, byId] of Object.entries(resource)) {
        counts.set(type, (counts.get(type) ?? 0) + Object.keys(byId).length);
      }
    }
    return counts;
  }

  #taskProblems(): string[] {
    const { taskFailure } = this.account;
    return taskFailure === undefined ? [] : [`the task does not run: ${taskFailure}`];
  }

  async #ops(
    args: readonly string[],
    stop?: RunOptions['stop'],
    env: Readonly<Record<string, string>> = {},
    onEvent?: RunOptions['onEvent'],
  ): Promise<Ran> {
    const file = path.join(this.account.folder, 'keys.env');
    writeFileSync(file, `DAILY_API_KEY=${this.account.dailyKey}\n`);
    const more = args[0] === 'deploy' && this.transport === 'daily' ? ['--env-file', file] : [];
    const ran = await runOps([...args, ...more], {
      env: { ...this.account.env, GITHUB_SHA: this.commit, ...env },
      ...(stop && { stop }),
      ...(onEvent && { onEvent }),
    });
    this.#secrecy.heard(ran.output);
    return ran;
  }
}
