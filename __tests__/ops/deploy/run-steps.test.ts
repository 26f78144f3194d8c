import { Interrupted, OpsError } from '../../../ops/cli/ops-error';
import type { DeployEvent } from '../../../ops/deploy/events';
import { runSteps } from '../../../ops/deploy/run-steps';
import type { Step } from '../../../ops/deploy/step';

const NAMES = ['settings', 'state', 'foundation', 'secrets', 'image', 'service'] as const;
const AGAIN = 'npm run ops -- deploy --environment test --region eu-north-1 --yes';

/** An account in which each step makes one thing, all of which may be stopped before, in the middle or after it. */
class Account {
  readonly made: string[] = [];
  readonly events: DeployEvent[] = [];
  readonly looks: string[] = [];
  readonly stop = new AbortController();
  failAt: { step: string; when: 'look' | 'before' | 'after'; error: OpsError } | undefined;

  get steps(): Step[] {
    return NAMES.map((id, index) => ({
      id,
      after: NAMES.slice(0, index),
      expects: `make the ${id}`,
      look: () => {
        this.looks.push(id);
        this.#break(id, 'look');
        return Promise.resolve(
          this.made.includes(id) ? { is: 'done', text: 'there' } : { is: 'needed', text: `make the ${id}` },
        );
      },
      act: () => {
        this.#break(id, 'before');
        this.made.push(id);
        this.#break(id, 'after');
        return Promise.resolve({ changed: true, text: 'made' });
      },
    }));
  }

  run(planOnly = false): Promise<boolean> {
    this.events.length = 0;
    return runSteps(this.steps, {
      planOnly,
      signal: this.stop.signal,
      tell: (event) => this.events.push(event),
      again: AGAIN,
    });
  }

  get statuses(): string[] {
    return this.events.flatMap((event) =>
      event.event === 'step' && event.status !== 'started' ? [`${event.step} ${event.status}`] : [],
    );
  }

  #break(step: string, when: string): void {
    const { failAt } = this;
    if (failAt?.step !== step || failAt.when !== when) return;
    this.failAt = undefined;
    throw failAt.error;
  }
}

const broken = (): OpsError => new OpsError('program_failed', 'terraform apply failed with 1', 'Mend it.');

describe('U4: the steps of a deployment', () => {
  it('are taken in order, each looked at before it is done', async () => {
    const account = new Account();
    expect(await account.run()).toBe(true);
    expect(account.made).toEqual(NAMES);
    expect(account.statuses).toEqual(NAMES.map((name) => `${name} done`));
    expect(account.events.slice(0, 2)).toEqual([
      { event: 'step', step: 'settings', status: 'started' },
      { event: 'step', step: 'settings', status: 'done', changed: true, text: 'made' },
    ]);
  });

  it('change nothing when they are run again', async () => {
    const account = new Account();
    await account.run();
    expect(await account.run()).toBe(false);
    expect(account.made).toEqual(NAMES);
  });

  it.each(NAMES.flatMap((step) => (['look', 'before', 'after'] as const).map((when) => [step, when] as const)))(
    'end the same when they fail at %s (%s) and are run again',
    async (step, when) => {
      const account = new Account();
      account.failAt = { step, when, error: broken() };
      await expect(account.run()).rejects.toMatchObject({ code: 'program_failed' });
      await account.run();
      expect(account.made).toEqual(NAMES);
    },
  );

  it('say where they stopped, what is done, and the whole command that goes on', async () => {
    const account = new Account();
    account.failAt = { step: 'foundation', when: 'before', error: broken() };
    await expect(account.run()).rejects.toMatchObject({
      message: 'terraform apply failed with 1. Stopped at step 3 of 6, foundation. Done before it: settings, state.',
      fix: `Mend it.\nThen go on: ${AGAIN}`,
    });
    expect(account.events.at(-1)).toEqual({
      event: 'step',
      step: 'foundation',
      status: 'failed',
      code: 'program_failed',
      text: 'terraform apply failed with 1',
    });
  });

  it('name the command that is meant where the error says to run it again', async () => {
    const account = new Account();
    const error = new OpsError('program_failed', 'terraform init failed', 'Nothing is lost: run this command again.');
    account.failAt = { step: 'state', when: 'look', error };
    await expect(account.run()).rejects.toMatchObject({ fix: `Nothing is lost: run this command again: ${AGAIN}` });
  });

  it('tell an interruption from a failure', async () => {
    const account = new Account();
    account.failAt = { step: 'service', when: 'before', error: new Interrupted('terraform apply was stopped.') };
    const stopped = account.run();
    await expect(stopped).rejects.toBeInstanceOf(Interrupted);
    await expect(stopped).rejects.toMatchObject({ fix: `Go on: ${AGAIN}` });
    expect(account.statuses.at(-1)).toBe('service interrupted');
  });

  it('begin nothing more after Ctrl-C between two of them', async () => {
    const account = new Account();
    const steps = account.steps.map((step) =>
      step.id === 'state' ? { ...step, act: () => (account.stop.abort('SIGINT'), step.act()) } : step,
    );
    const stopped = runSteps(steps, {
      planOnly: false,
      signal: account.stop.signal,
      tell: () => undefined,
      again: AGAIN,
    });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    expect(account.made).toEqual(['settings', 'state']);
    expect(account.looks).not.toContain('foundation');
  });

  it('leave a bug what it is', async () => {
    const account = new Account();
    const bug = new TypeError('undefined is not a function');
    const steps = [{ ...account.steps[0]!, look: () => Promise.reject(bug) }];
    const run = runSteps(steps, { planOnly: false, signal: account.stop.signal, tell: () => undefined, again: AGAIN });
    await expect(run).rejects.toBe(bug);
  });
});

describe('U4: --plan-only', () => {
  it('looks as far as there is something to look at, says the rest, and does nothing', async () => {
    const account = new Account();
    account.made.push('settings', 'state');
    expect(await account.run(true)).toBe(false);
    expect(account.made).toEqual(['settings', 'state']);
    expect(account.looks).toEqual(['settings', 'state', 'foundation']);
    expect(account.statuses).toEqual([
      'settings done',
      'state done',
      'foundation planned',
      'secrets planned',
      'image planned',
      'service planned',
    ]);
  });

  it('looks on where something older stands that is only to be changed', async () => {
    const account = new Account();
    account.made.push('settings', 'state', 'secrets', 'image');
    const steps = account.steps.map((step): Step =>
      step.id === 'foundation' ? { ...step, look: async () => ({ ...(await step.look()), hasOlder: true }) } : step,
    );
    await runSteps(steps, {
      planOnly: true,
      signal: account.stop.signal,
      tell: (event) => account.events.push(event),
      again: AGAIN,
    });
    expect(account.looks).toContain('service');
  });
});
