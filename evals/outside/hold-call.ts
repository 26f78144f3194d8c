import type { RtviMessage } from '../../bot/rtvi/messages';
import { EspeakSynthesiser } from '../../testbed/speech';
import { heardFacts, notedLine, type OpenLine, withoutCall, webRtcWay } from '../caller';
import { holdCall, type TextModels } from '../hold';
import { resultSince, type RunResult } from '../report';
import { unsteady } from '../run';
import type { Scenario } from '../scenario';

/** A bot that is deployed, and how it is called. */
export interface DeployedBot {
  readonly baseUrl: string;
  readonly startKey: string | undefined;
  /** Where the caller's media comes from. */
  readonly bindAddress: string;
  /** Aborts the calls that are up. */
  readonly signal: AbortSignal;
}

/** Somebody who calls a deployed bot by scenarios. */
export class OutsideCaller {
  readonly #bot: DeployedBot;
  readonly #models: TextModels;
  readonly #synthesiser = new EspeakSynthesiser();

  constructor(bot: DeployedBot, models: TextModels = {}) {
    this.#bot = bot;
    this.#models = models;
  }

  /**
   * Runs one scenario, of which only what can be judged from outside is left. Never rejects: what prevented it is its result.
   * @param folder where `audio:` files are
   */
  async run(agent: string, scenario: Scenario, folder: string): Promise<RunResult> {
    const startedMs = performance.now();
    const result = resultSince(startedMs, agent, scenario);
    const { signal, ...bot } = this.#bot;
    let line: OpenLine | undefined;
    const hangUp = (): void => line?.hangUp();
    signal.addEventListener('abort', hangUp, { once: true });
    try {
      line = await webRtcWay.open({
        ...bot,
        agent,
        variables: scenario.nova?.variables,
        line: scenario.nova?.caller,
        folder,
        synthesiser: this.#synthesiser,
      });
      if (signal.aborted) hangUp();
      const { readyMs, said } = line;
      const messages: RtviMessage[] = [];
      const held = await holdCall(scenario, notedLine(line, messages), this.#models);
      const { run } = held;
      const heard = await line.heard();
      const facts = heardFacts({ run, heard, readyMs, messages });
      const { pace } = line;
      const judged = await held.judge({ facts, late: unsteady(pace), complaints: [] });
      return result({ ...judged, call: { run, facts, heard, said, readyMs, pace, samples: undefined } });
    } catch (error) {
      return result(withoutCall(scenario, error));
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
