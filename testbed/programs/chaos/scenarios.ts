import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Caller, RefusedError } from '../../../smoke/caller';
import { type AcceptedCredentials, FAKE_CREDENTIALS } from '../../fakes/bedrock';
import { metric, span } from '../../processes';
import { runWithFault } from './call';
import { rowOf, tagOf, type ChaosRow } from './row';
import { ChaosEnvironment } from './environment';

/** A trial that needs a bot of its own, because it changes or ends it. */
export interface ChaosScenario {
  readonly title: string;
  run(calls: number, random: () => number): Promise<ChaosRow>;
}

const MODEL_DOWN_MS = 35_000;
const MODEL_BACK_WITHIN_MS = 40_000;

/**
 * The model is gone for longer than a caller waits: calls are told and end, new ones are refused at once with a time
 * to come again, /ready says why, and all is well by itself when the model is back.
 */
export const longOutage: ChaosScenario = {
  title: 'model down for 35 s',
  run: (calls, random) =>
    within({}, calls, async (environment) => {
      const problems: string[] = [];
      const down = once(async () => {
        const back = environment.restartSandbox(MODEL_DOWN_MS);
        const atMs = performance.now();
        while ((await readiness(environment)).status === 200 && performance.now() - atMs < MODEL_DOWN_MS - 5_000)
          await span(250);
        const ready = await readiness(environment);
        if (ready.status !== 503 || !ready.body.includes('model_down')) problems.push('/ready did not say model_down');
        if (ready.retryAfter === null) problems.push('/ready named no time to come again');
        const beganMs = performance.now();
        const refusal = await Caller.connect({ baseUrl: environment.bot.url }).then(
          (caller) => (caller.hangUp(), 'a call was taken'),
          (error: unknown) => (error instanceof RefusedError && error.status === 503 ? undefined : String(error)),
        );
        if (refusal !== undefined) problems.push(`a start was not refused with 503: ${refusal}`);
        if (performance.now() - beganMs > 1_000) problems.push('a start was not refused at once');
        await back;
        const backMs = performance.now();
        while ((await readiness(environment)).status !== 200 && performance.now() - backMs < MODEL_BACK_WITHIN_MS)
          await span(250);
        if ((await readiness(environment)).status !== 200) problems.push('/ready stayed 503 after the model was back');
      });
      const outcomes = await Promise.all(
        Array.from({ length: calls }, (_, i) =>
          runWithFault(
            environment,
            tagOf(i),
            { at: 'speaking', inject: () => void down().catch(() => undefined) },
            random,
          ),
        ),
      );
      await down();
      const after = await runWithFault(environment, 'linnet 1', { at: 'listening', inject: () => undefined }, random);
      if (after.outcome !== 'recovered') problems.push(`a call after the outage: ${after.why ?? after.outcome}`);
      return withProblems(rowOf({ name: longOutage.title, expected: 'said aloud' }, outcomes), problems);
    }),
};

/** Credentials that are good for hardly longer than the margin: each stream must be left before they expire. */
export const shortCredentials: ChaosScenario = {
  title: 'credentials that expire in mid-call',
  run: async (calls, random) => {
    const problems: string[] = [];
    const provider = await CredentialsEndpoint.start(205_000);
    try {
      const env = {
        AWS_ACCESS_KEY_ID: undefined,
        AWS_SECRET_ACCESS_KEY: undefined,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: provider.url,
        // Not for the age of the streams, but for that of their credentials.
        NOVA_SONIC_ROTATE_SECONDS: '60',
      };
      return await within(env, calls, run, { ...FAKE_CREDENTIALS, sessionToken: SESSION_TOKEN });
      async function run(environment: ChaosEnvironment): Promise<ChaosRow> {
        const outcomes = await Promise.all(
          Array.from({ length: calls }, (_, i) =>
            runWithFault(
              environment,
              tagOf(i),
              { at: 'speaking', takesTime: true, inject: () => span(30_000) },
              random,
            ),
          ),
        );
        const rotations = await metric(environment.bot.url, 'model_events_total{event="rotations"}');
        if (rotations < calls) problems.push(`only ${rotations} rotations of ${calls} calls`);
        if (provider.asked < 2) problems.push('credentials were asked for only once');
        return withProblems(rowOf({ name: shortCredentials.title, expected: 'recovered' }, outcomes), problems);
      }
    } finally {
      provider.close();
    }
  },
};

/** SIGTERM: calls may go on for a while, and are then told and closed; the process ends with 0. */
export const drainedPolitely: ChaosScenario = {
  title: 'SIGTERM in mid-call',
  run: async (calls, random) => {
    const environment = await ChaosEnvironment.start(calls, { DRAIN_SECONDS: '2' });
    try {
      const term = once(() => {
        environment.bot.signal('SIGTERM');
        return Promise.resolve();
      });
      const outcomes = await Promise.all(
        Array.from({ length: calls }, (_, i) =>
          runWithFault(environment, tagOf(i), { at: 'speaking', inject: term }, random),
        ),
      );
      const code = await environment.bot.exited;
      // Who has heard everything within the two seconds hangs up himself.
      const expected = outcomes.every(({ outcome }) => outcome === 'recovered') ? 'recovered' : 'said aloud';
      const row = rowOf({ name: drainedPolitely.title, expected }, outcomes);
      return withProblems(
        { ...row, problems: row.lost > 0 ? row.problems : [] },
        code === 0 ? [] : [`exit code ${String(code)}`],
      );
    } finally {
      await environment.stop();
    }
  },
};

/** A second SIGTERM means that somebody wants it to be over now: it is, at once, with the shell's code for it. */
export const endedAtOnce: ChaosScenario = {
  title: 'two SIGTERMs',
  run: async () => {
    const environment = await ChaosEnvironment.start(1, { DRAIN_SECONDS: '60' });
    const problems: string[] = [];
    try {
      const caller = await environment.connect();
      environment.bot.signal('SIGTERM');
      await environment.bot.waitForLog('draining');
      const beganMs = performance.now();
      environment.bot.signal('SIGTERM');
      const code = await environment.bot.exited;
      if (code !== 143) problems.push(`exit code ${String(code)}, not 143`);
      if (performance.now() - beganMs > 1_000) problems.push('it did not exit at once');
      caller.hangUp();
    } finally {
      await environment.stop();
    }
    return withProblems(rowOf({ name: endedAtOnce.title, expected: 'recovered' }, []), problems);
  },
};

async function within(
  env: Readonly<Record<string, string | undefined>>,
  calls: number,
  run: (environment: ChaosEnvironment) => Promise<ChaosRow>,
  credentials: AcceptedCredentials = FAKE_CREDENTIALS,
): Promise<ChaosRow> {
  const environment = await ChaosEnvironment.start(calls + 1, env, credentials);
  let row: ChaosRow;
  try {
    row = await run(environment);
  } catch (error) {
    await environment.stop();
    throw error;
  }
  const code = await environment.stop();
  return withProblems(row, code === 0 ? [] : [`the bot's process ended with ${String(code)}`]);
}

function withProblems(row: ChaosRow, problems: readonly string[]): ChaosRow {
  return { ...row, problems: [...row.problems, ...problems] };
}

/** The same promise for whoever asks first and all who follow. */
function once<T>(act: () => Promise<T>): () => Promise<T> {
  let acted: Promise<T> | undefined;
  return () => (acted ??= act());
}

async function readiness({
  bot,
}: ChaosEnvironment): Promise<{ status: number; body: string; retryAfter: string | null }> {
  const response = await fetch(`${bot.url}/ready`);
  return { status: response.status, body: await response.text(), retryAfter: response.headers.get('retry-after') };
}

/** What ECS gives a container: the role's credentials, new ones each time, each good for so long. */
class CredentialsEndpoint {
  readonly url: string;
  readonly #server: Server;
  readonly #asked: { count: number };

  private constructor(server: Server, asked: { count: number }) {
    this.#server = server;
    this.#asked = asked;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/credentials`;
  }

  static async start(validMs: number): Promise<CredentialsEndpoint> {
    const asked = { count: 0 };
    const server = createServer((_req, res) => {
      asked.count += 1;
      const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = FAKE_CREDENTIALS;
      const Expiration = new Date(Date.now() + validMs).toISOString();
      const body = JSON.stringify({ AccessKeyId, SecretAccessKey, Expiration, Token: SESSION_TOKEN });
      res.setHeader('content-type', 'application/json').end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new CredentialsEndpoint(server, asked);
  }

  get asked(): number {
    return this.#asked.count;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** What comes with temporary credentials. */
const SESSION_TOKEN = 'a-session-token';
