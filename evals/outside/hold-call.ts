import type { RtviMessage } from '../../bot/rtvi/messages';
import { EspeakSynthesiser } from '../../testbed/speech';
import { heardFacts, notedLine, type OpenLine, withoutCall, webRtcWay } from '../caller';
import { failuresOf, outcomeOf, resultSince, type RunResult } from '../report';
import { brokenLimits, runScript, unsteady } from '../run';
import type { Script } from '../scenario';

/** A bot that is deployed, and how it is called. */
export interface DeployedBot {
  readonly baseUrl: string;
  readonly startKey: string | undefined;
  /** Where the caller's media comes from. */
  readonly bindAddress: string;
  /** Aborts the call that is up. */
  readonly signal: AbortSignal;
}

/** Somebody who calls a deployed bot by scenarios, one call after the other. */
export class OutsideCaller {
  readonly #bot: DeployedBot;
  readonly #synthesiser = new EspeakSynthesiser();

  constructor(bot: DeployedBot) {
    this.#bot = bot;
  }

  /**
   * Runs one scenario, of which only what can be judged from outside is left. Never rejects: what prevented it is its result.
   * @param folder where `audio:` files are
   */
  async run(agent: string, script: Script, folder: string): Promise<RunResult> {
    const startedMs = performance.now();
    const result = resultSince(startedMs, agent, script);
    const { signal, ...bot } = this.#bot;
    let line: OpenLine | undefined;
    const hangUp = (): void => line?.hangUp();
    signal.addEventListener('abort', hangUp, { once: true });
    try {
      line = await webRtcWay.open({
        ...bot,
        agent,
        variables: script.nova?.variables,
        line: script.nova?.caller,
        folder,
        synthesiser: this.#synthesiser,
      });
      if (signal.aborted) hangUp();
      const { readyMs, said } = line;
      const messages: RtviMessage[] = [];
      const run = await runScript(script, notedLine(line, messages));
      const heard = await line.heard();
      const facts = heardFacts({ run, heard, readyMs, messages });
      const { pace } = line;
      const broken = brokenLimits(script.nova?.expect ?? {}, facts);
      return result({
        ...outcomeOf(failuresOf(run, broken), unsteady(pace), []),
        notJudged: run.outcomes.filter(({ verdict }) => verdict.outcome === 'not-judged').length,
        call: { run, facts, heard, said, readyMs, pace, samples: undefined },
      });
    } catch (error) {
      return result(withoutCall(script, error));
    } finally {
      signal.removeEventListener('abort', hangUp);
      hangUp();
    }
  }

  /** Idempotent. */
  close(): Promise<void> {
    return this.#synthesiser.close();
  }
}
