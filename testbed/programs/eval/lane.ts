import { performance } from 'node:perf_hooks';
import type { RtviMessage } from '../../../bot/rtvi/messages';
import { type CallRequest, type CallWay, notedLine, type OpenLine, withoutCall } from '../../../evals/caller';
import { holdCall, type TextModels } from '../../../evals/hold';
import { resultSince, type RunResult } from '../../../evals/report';
import { unsteady } from '../../../evals/run';
import type { Scenario, Script, ToolMock } from '../../../evals/scenario';
import { BotProcess, waitedMs } from '../../processes';
import type { Synthesiser } from '../../speech';
import { type Evidence, factsOf } from './evidence';
import { samplesOf } from './samples';
import { faultyLine, type SeededFault } from './seeded-faults';
import type { ModelPart, ModelSide } from './model/model-side';
import { ToolMocks } from './tool-mocks';

export interface LaneOptions extends TextModels {
  readonly agents: readonly string[];
  /** By variable's name; their values must never be seen. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly synthesiser: Synthesiser;
  /** Variables of its bot, by name. */
  readonly bot?: Readonly<Record<string, string>> | undefined;
  /** What runs as its bot; undefined: what was built last. */
  readonly program?: string | undefined;
  /** A folder for what goes to and from the model. */
  readonly recordings?: string | undefined;
}

/** A call that passed, and of which the streams were recorded. */
export interface RecordedCall {
  readonly agent: string;
  readonly script: Script;
  readonly callId: string;
}

/** A bot notices that a caller has left by what is sent, and says so. */
const ENDS_WITHIN_MS = 10_000;

/** A bot that waited longer for a processor is late for that reason. */
const MAX_WAITED_SHARE = 0.1;

/** What was wrong with the machine that a bot was on, in words. */
const unserved = (waitedShare: number): string | undefined =>
  waitedShare <= MAX_WAITED_SHARE
    ? undefined
    : `the bot had no processor for ${Math.round(waitedShare * 100)} % of the call`;

/** A bot with a model and tools of its own, on which scenarios run one after the other. */
export class Lane {
  readonly #bot: BotProcess;
  readonly #model: ModelSide;
  readonly #mocks: ToolMocks;
  readonly #way: CallWay;
  readonly #options: LaneOptions;
  readonly #recorded: RecordedCall[] = [];

  private constructor(options: LaneOptions, bot: BotProcess, model: ModelSide, mocks: ToolMocks, way: CallWay) {
    this.#way = way;
    this.#options = options;
    this.#bot = bot;
    this.#model = model;
    this.#mocks = mocks;
  }

  /** @param openModel, openWay are closed with the lane, or where it does not open */
  static async open(
    options: LaneOptions,
    openModel: () => Promise<ModelSide>,
    openWay: () => Promise<CallWay>,
  ): Promise<Lane> {
    const opened: { close(): Promise<void> }[] = [];
    const noted = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
      const one = await opening;
      opened.unshift(one);
      return one;
    };
    try {
      const way = await noted(openWay());
      const model = await noted(openModel());
      const mocks = await noted(ToolMocks.open());
      const [agent = ''] = options.agents;
      const { recordings, program } = options;
      const variables = {
        ...way.variables,
        START_RATE_PER_MINUTE: '100000',
        UNANSWERED_STARTS_PER_CALLER: '1000',
        SHOW_TOOL_CALLS: 'true',
        TOOL_MOCKS: mocks.url,
        AGENT: agent,
        AGENTS: options.agents.join(','),
        ...(recordings === undefined ? {} : { MODEL_RECORDINGS_FOLDER: recordings, MODEL_RECORDINGS_TEXTS: 'kept' }),
        ...model.variables,
        ...options.secrets,
        ...options.bot,
      };
      const bot = await BotProcess.start(0, variables, program === undefined ? {} : { program });
      return new Lane(options, bot, model, mocks, way);
    } catch (error) {
      for (const one of opened) await one.close();
      throw error;
    }
  }

  /** Calls that passed; their recordings are whole once the lane is closed. */
  get recorded(): readonly RecordedCall[] {
    return this.#recorded;
  }

  /**
   * Runs one scenario as a call of its own. Never rejects: what prevented it is its result.
   * @param fault what is put in, for the scenario to find
   */
  async run(agent: string, scenario: Scenario, folder: string, fault?: SeededFault): Promise<RunResult> {
    const startedMs = performance.now();
    const result = resultSince(startedMs, agent, scenario);
    const linesBefore = this.#bot.log.length;
    const { kind } = this.#model;
    const waitedBeforeMs = waitedMs(this.#bot.pid);
    const mocks = mocksOf(scenario, kind === 'real');
    let line: OpenLine | undefined;
    let model: ModelPart | undefined;
    try {
      const part = this.#model.begin(agent, scenario, fault);
      model = part;
      this.#mocks.use(fault?.mocks?.(mocks) ?? mocks, part.toolResults);
      const { synthesiser, secrets } = this.#options;
      line = await this.#way.open(
        {
          baseUrl: this.#bot.url,
          agent,
          variables: variablesOf(scenario, fault),
          line: scenario.nova?.caller,
          folder,
          synthesiser,
        },
        { voiceOf: () => part.voiceId ?? '', said: () => part.said ?? [] },
      );
      const { said, readyMs } = line;
      part.onStale = () => line?.hangUp();
      const messages: RtviMessage[] = [];
      const noted = notedLine(fault === undefined ? line : faultyLine(line, fault), messages);
      const call = await holdCall(scenario, noted, this.#options, (index) => part.turn(index));
      const { run } = call;
      const { callId, costUsd } = await this.#callEnded(linesBefore);
      const heard = await line.heard();
      const evidence: Evidence = {
        run,
        heard,
        readyMs,
        messages,
        sessions: await part.told(callId),
        log: this.#bot.log.slice(linesBefore),
        effects: this.#mocks.effects,
        secrets: Object.values(secrets),
      };
      const facts = factsOf(evidence);
      const { pace } = line;
      const botWaitedShare = (waitedMs(this.#bot.pid) - waitedBeforeMs) / (performance.now() - startedMs);
      // Only where the stand-in speaks its words is it known how long they are.
      const samples =
        kind === 'scripted' && scenario.kind === 'script'
          ? await samplesOf(
              {
                transport: this.#way.transport,
                script: scenario,
                run,
                heard,
                said,
                pace,
                botWaitedShare,
                sessions: evidence.sessions,
                earOf: (heardMs) => line?.earOf(heardMs) ?? heardMs,
                earOfEnd: (heardMs) => line?.earOfEnd(heardMs) ?? heardMs,
              },
              synthesiser,
            )
          : undefined;
      const held = { run, facts, heard, said, readyMs, pace, samples };
      const { recorded, stale } = part;
      if (stale.length > 0) return result({ outcome: 'stale', failures: stale, recorded, call: held });
      const late = unsteady(pace) ?? unserved(botWaitedShare);
      const judged = await call.judge({ facts, late, complaints: line.complaints() });
      if (judged.outcome === 'pass' && scenario.kind === 'script')
        this.#recorded.push({ agent, script: scenario, callId });
      return result({
        ...judged,
        costUsd: kind === 'real' ? costUsd : undefined,
        recorded,
        call: held,
      });
    } catch (error) {
      return result(withoutCall(scenario, error));
    } finally {
      line?.hangUp();
      model?.end();
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#bot.stop();
    await this.#mocks.close();
    await this.#model.close();
    await this.#way.close();
  }

  /** Waits for the end of the call that the log speaks of since. @returns its id, and what the bot takes it to have cost */
  async #callEnded(linesBefore: number): Promise<{ readonly callId: string; readonly costUsd: number | undefined }> {
    const id = this.#bot.log.slice(linesBefore).find(({ msg }) => msg === 'call started')?.['callId'];
    const isEnd = ({ msg, callId }: Readonly<Record<string, unknown>>): boolean =>
      msg === 'call ended' && callId === id;
    const { estimatedCostUsd: usd } = await this.#bot.waitForLine('of the end of the call', isEnd, ENDS_WITHIN_MS);
    return { callId: String(id), costUsd: typeof usd === 'number' ? usd : undefined };
  }
}

function mocksOf(scenario: Scenario, isReal: boolean): Readonly<Record<string, ToolMock>> {
  const turns = scenario.kind === 'script' ? scenario.turns : [];
  const all = [scenario.nova?.tools, ...turns.map((turn) => turn.nova?.tools)].flatMap((tools) =>
    Object.entries(tools ?? {}),
  );
  return Object.fromEntries(all.filter(([, { mock }]) => !isReal || mock === 'live'));
}

function variablesOf({ nova }: Scenario, fault: SeededFault | undefined): CallRequest['variables'] {
  const { variables } = nova ?? {};
  return variables === undefined ? undefined : (fault?.variables?.(variables) ?? variables);
}
