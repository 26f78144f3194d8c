import { performance } from 'node:perf_hooks';
import { brokenLimits, type CallFacts, runScript, type ScriptRun } from '../../../evals/run';
import type { Script } from '../../../evals/scenario';
import type { RunResult } from '../../../evals/report';
import { BotProcess } from '../../processes';
import { type Dialect, FAKE_CREDENTIALS, type FakeBedrock, startFakeBedrock } from '../../fakes/bedrock';
import { firstSoundAfter, lastSoundBeforeQuiet, type Synthesiser } from '../../speech';
import { scenarioModel } from './scripted-model';
import { ToolMocks } from './tool-mocks';
import { openWebRtcLine, type WebRtcLine } from './webrtc-line';

export interface LaneOptions {
  readonly dialect: Dialect;
  readonly agents: readonly string[];
  /** By variable's name; their values must never be seen. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly synthesiser: Synthesiser;
}

/** How much faster the stand-in thinks and speaks than the service. */
const SPEECH_SCALE = 2;
/** What is quiet for so long has stopped. */
const QUIET_MS = 200;

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
      });
      return new Lane(options, bot, bedrock, mocks);
    } catch (error) {
      await mocks.close();
      await bedrock.close();
      throw error;
    }
  }

  /** Runs one scenario as a call of its own. Never rejects: what prevented it is its result. */
  async run(agent: string, script: Script, folder: string): Promise<RunResult> {
    const startedMs = performance.now();
    const result = (rest: Pick<RunResult, 'outcome' | 'failures'> & Partial<RunResult>): RunResult => ({
      agent,
      scenario: script.id,
      durationMs: performance.now() - startedMs,
      notJudged: 0,
      ...rest,
    });
    const model = scenarioModel(script);
    const sessionsBefore = this.#bedrock.sessions.length;
    const linesBefore = this.#bot.log.length;
    const mocks = script.turns.flatMap(({ nova }) => Object.entries(nova?.tools ?? {}));
    this.#mocks.use({ ...script.nova?.tools, ...Object.fromEntries(mocks) });
    this.#bedrock.follow(model);
    let line: WebRtcLine | undefined;
    try {
      const openedMs = performance.now();
      const startBody = {
        agent,
        ...(script.nova?.variables === undefined ? {} : { variables: script.nova.variables }),
      };
      line = await openWebRtcLine({
        baseUrl: this.#bot.url,
        startBody,
        folder,
        synthesiser: this.#options.synthesiser,
      });
      const waitedMs = performance.now() - openedMs;
      const run = await runScript(script, line, (index) => {
        model.turn(index);
        const { fault } = script.turns[index]?.nova ?? {};
        if (fault !== undefined) this.#bedrock.sessions.at(-1)?.fail(fault as Parameters<FakeBedrock['failNext']>[0]);
      });
      const facts = this.#facts(run, line, sessionsBefore, linesBefore);
      const failures = [
        ...run.outcomes.flatMap(({ turn, expectation, verdict }) =>
          verdict.outcome === 'failed' ? [{ kind: expectation.event, turn, detail: verdict.why }] : [],
        ),
        ...brokenLimits(script.nova?.expect ?? {}, facts).map((detail) => ({ kind: 'limit', turn: undefined, detail })),
      ];
      const notJudged = run.outcomes.filter(({ verdict }) => verdict.outcome === 'not-judged').length;
      const { heard } = line.caller;
      return result({
        outcome: failures.length === 0 ? 'pass' : 'fail',
        failures,
        notJudged,
        run,
        heard,
        waitedMs,
        facts,
      });
    } catch (error) {
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

  #facts(run: ScriptRun, { caller }: WebRtcLine, sessionsBefore: number, linesBefore: number): CallFacts {
    const { heard } = caller;
    const sessions = this.#bedrock.sessions.slice(sessionsBefore);
    const cuts = run.events.filter(({ name }) => name === 'bot_interrupted');
    const sounds = run.turns.flatMap(({ said, sentMs, speechEndMs }) => {
      if (said === undefined || cuts.some(({ atMs }) => atMs >= sentMs && atMs - sentMs < 5_000)) return [];
      const fromMs = speechEndMs ?? sentMs;
      const first = firstSoundAfter(heard, fromMs);
      return first === undefined ? [] : [first - fromMs];
    });
    const greeted = firstSoundAfter(heard, heard.startMs);
    return {
      events: run.events,
      ended: run.ended,
      waitsMs: sounds,
      ...(greeted === undefined ? {} : { greetedAfterMs: greeted - caller.timings.readyMs }),
      stopsMs: cuts.flatMap(({ atMs }) => {
        const stopped = lastSoundBeforeQuiet(heard, atMs - QUIET_MS, QUIET_MS);
        return stopped === undefined ? [] : [Math.max(0, stopped - atMs)];
      }),
      effects: this.#mocks.effects,
      modelTexts: sessions.flatMap(({ texts, toolResults }) => [
        ...texts.map(({ text }) => text),
        ...toolResults.map(({ content }) => content),
      ]),
      clientTexts: caller.messages.map(({ message }) => JSON.stringify(message)),
      logLines: this.#bot.log.slice(linesBefore).map((line) => JSON.stringify(line)),
      secrets: Object.values(this.#options.secrets),
      handoffs: caller.messages.flatMap(({ message: { type, data } }) => {
        const { type: kind, name } = (type === 'server-message' ? data : {}) as { type?: string; name?: string };
        return kind === 'agent' && name !== undefined ? [name] : [];
      }),
    };
  }
}
