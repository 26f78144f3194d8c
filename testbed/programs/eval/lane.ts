import { performance } from 'node:perf_hooks';
import type { RtviMessage } from '../../../bot/rtvi/messages';
import type { Failure, RunResult } from '../../../evals/report';
import { brokenLimits, type Line, runScript, type ScriptRun, unsteady } from '../../../evals/run';
import type { Script } from '../../../evals/scenario';
import { RefusedError } from '../../../smoke/caller';
import { BotProcess } from '../../processes';
import { type Dialect, FAKE_CREDENTIALS, type FakeBedrock, startFakeBedrock } from '../../fakes/bedrock';
import type { Synthesiser } from '../../speech';
import { type Evidence, factsOf } from './evidence';
import { faultyLine, type SeededFault } from './seeded-faults';
import { scenarioModel } from './scripted-model';
import { ToolMocks } from './tool-mocks';
import { openWebRtcLine, type WebRtcLine } from './webrtc-line';

export interface LaneOptions {
  readonly dialect: Dialect;
  readonly agents: readonly string[];
  /** By variable's name; their values must never be seen. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly synthesiser: Synthesiser;
  /** Variables of its bot, by name. */
  readonly bot?: Readonly<Record<string, string>> | undefined;
}

/** A bot notices that a caller has left by what is sent, and says so. */
const ENDS_WITHIN_MS = 10_000;
/** How much faster the stand-in thinks and speaks than the service. */
const SPEECH_SCALE = 2;

/** A bot with a model and tools of its own, on which scenarios run one after the other. */
export class Lane {
  readonly #bot: BotProcess;
  readonly #bedrock: FakeBedrock;
  readonly #mocks: ToolMocks;
  readonly #options: LaneOptions;

  private constructor(options: LaneOptions, bot: BotProcess, bedrock: FakeBedrock, mocks: ToolMocks) {
    this.#options = options;
    this.#bot = bot;
    this.#bedrock = bedrock;
    this.#mocks = mocks;
  }

  static async open(options: LaneOptions): Promise<Lane> {
    const bedrock = await startFakeBedrock({ dialect: options.dialect, speechScale: SPEECH_SCALE });
    const mocks = await ToolMocks.open();
    try {
      const [agent = ''] = options.agents;
      const bot = await BotProcess.start(0, {
        TRANSPORT: 'webrtc',
        WEBRTC_BIND_ADDRESS: '127.0.0.1',
        AWS_REGION: 'eu-north-1',
        AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
        BEDROCK_ENDPOINT_URL: bedrock.url,
        START_RATE_PER_MINUTE: '100000',
        UNANSWERED_STARTS_PER_CALLER: '1000',
        SHOW_TOOL_CALLS: 'true',
        TOOL_MOCKS: mocks.url,
        AGENT: agent,
        AGENTS: options.agents.join(','),
        ...options.secrets,
        ...options.bot,
      });
      return new Lane(options, bot, bedrock, mocks);
    } catch (error) {
      await mocks.close();
      await bedrock.close();
      throw error;
    }
  }

  /**
   * Runs one scenario as a call of its own. Never rejects: what prevented it is its result.
   * @param fault what is put in, for the scenario to find
   */
  async run(agent: string, script: Script, folder: string, fault?: SeededFault): Promise<RunResult> {
    const startedMs = performance.now();
    const result = (rest: Pick<RunResult, 'outcome' | 'failures'> & Partial<RunResult>): RunResult => ({
      agent,
      scenario: script.id,
      durationMs: performance.now() - startedMs,
      notJudged: 0,
      ...rest,
    });
    const written = scenarioModel(script);
    const model = fault?.model?.(written) ?? written;
    const sessionsBefore = this.#bedrock.sessions.length;
    const linesBefore = this.#bot.log.length;
    const mocks = mocksOf(script);
    this.#mocks.use(fault?.mocks?.(mocks) ?? mocks);
    this.#bedrock.follow(model);
    let line: WebRtcLine | undefined;
    try {
      const { synthesiser, secrets } = this.#options;
      const startBody = { agent, ...variablesOf(script, fault) };
      line = await openWebRtcLine({ baseUrl: this.#bot.url, startBody, folder, synthesiser });
      const { caller, said } = line;
      const messages: RtviMessage[] = [];
      const judged = noted(fault === undefined ? line : faultyLine(line, fault), messages);
      const run = await runScript(script, judged, (index) => this.#begin(script, index, model));
      await this.#bot.waitForLine(...endOf(caller.sessionId));
      const gathered: Evidence = {
        run,
        heard: caller.heard,
        readyMs: caller.timings.readyMs,
        messages,
        sessions: this.#bedrock.sessions.slice(sessionsBefore),
        log: this.#bot.log.slice(linesBefore),
        effects: this.#mocks.effects,
        secrets: Object.values(secrets),
      };
      const evidence = fault?.evidence?.(gathered) ?? gathered;
      const facts = factsOf(evidence);
      const { pace } = line;
      const failures = failuresOf(run, brokenLimits(script.nova?.expect ?? {}, facts));
      const late = unsteady(pace);
      const isCallers = failures.length > 0 && late !== undefined;
      return result({
        outcome: isCallers ? 'error' : failures.length > 0 ? 'fail' : 'pass',
        failures: isCallers ? [{ kind: 'caller', turn: undefined, detail: late }, ...failures] : failures,
        notJudged: run.outcomes.filter(({ verdict }) => verdict.outcome === 'not-judged').length,
        call: { run, facts, heard: evidence.heard, said, readyMs: evidence.readyMs, pace },
      });
    } catch (error) {
      const refused = error instanceof RefusedError ? codeOf(error) : undefined;
      if (refused !== undefined && script.nova?.expect?.refused !== undefined) {
        const broken = brokenLimits(script.nova.expect, { events: [], ended: 'caller', refused });
        const failures = broken.map((detail) => ({ kind: 'limit', turn: undefined, detail }));
        return result({ outcome: failures.length > 0 ? 'fail' : 'pass', failures });
      }
      const detail = error instanceof Error ? error.message : String(error);
      return result({ outcome: 'error', failures: [{ kind: 'run', turn: undefined, detail }] });
    } finally {
      line?.hangUp();
      this.#bedrock.follow(undefined);
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#bot.stop();
    await this.#mocks.close();
    await this.#bedrock.close();
  }

  #begin(script: Script, index: number, model: ReturnType<typeof scenarioModel>): void {
    model.turn(index);
    const { fault } = script.turns[index]?.nova ?? {};
    if (fault !== undefined) this.#bedrock.sessions.at(-1)?.fail(fault as Parameters<FakeBedrock['failNext']>[0]);
  }
}

/** What the bot's log says of a call that is over, for who waits for it. */
const endOf = (sessionId: string): Parameters<BotProcess['waitForLine']> => [
  'of the end of the call',
  ({ msg, callId }) => msg === 'call ended' && callId === sessionId,
  ENDS_WITHIN_MS,
];

/** The code of a problem that a bot refuses a call with. */
function codeOf({ body }: RefusedError): string | undefined {
  try {
    const { code } = JSON.parse(body) as { code?: unknown };
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}

const mocksOf = ({ nova, turns }: Script): NonNullable<NonNullable<Script['nova']>['tools']> => ({
  ...nova?.tools,
  ...Object.fromEntries(turns.flatMap((turn) => Object.entries(turn.nova?.tools ?? {}))),
});

function variablesOf({ nova }: Script, fault: SeededFault | undefined): { readonly variables?: object } {
  const { variables } = nova ?? {};
  if (variables === undefined) return {};
  return { variables: fault?.variables?.(variables) ?? variables };
}

/** A line whose messages are kept as whoever judges it gets them. */
function noted(line: Line, messages: RtviMessage[]): Line {
  return {
    ...line,
    onMessage: (listener) =>
      line.onMessage((message, atMs) => {
        messages.push(message);
        listener(message, atMs);
      }),
  };
}

function failuresOf({ outcomes }: ScriptRun, broken: readonly string[]): readonly Failure[] {
  return [
    ...outcomes.flatMap(({ turn, expectation, verdict }) =>
      verdict.outcome === 'failed' ? [{ kind: expectation.event, turn, detail: verdict.why }] : [],
    ),
    ...broken.map((detail) => ({ kind: 'limit', turn: undefined, detail })),
  ];
}
