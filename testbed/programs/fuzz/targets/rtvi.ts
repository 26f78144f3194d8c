import type { Caller } from '../../../../smoke/caller';
import type { FuzzBot } from '../fuzz-bot';
import type { Random } from '../random';
import { clientMessage } from '../rtvi-message';
import { Finding, type OpenTarget, type Target } from '../target';
import { mutateJson } from '../mutate';

/** What a call may type (TYPED_CHARACTERS_PER_CALL), and with it prompt, greeting and notices, in the stand-in's tokens. */
const MOST_TEXT_TOKENS = 60_000 / 4 + 5_000;

/** Messages of a client that is connected as Pipecat's is: right ones, many of them, and changed ones. */
export const rtvi: Target = {
  name: 'rtvi',
  open: async (bot) => new RtviTarget(bot, await bot.call()),
};

class RtviTarget implements OpenTarget {
  readonly #bot: FuzzBot;
  #caller: Caller;
  #isOver = false;
  /** How often in a second it may send: the bot drops what comes faster. */
  #sent = 0;

  constructor(bot: FuzzBot, caller: Caller) {
    this.#bot = bot;
    this.#caller = this.#watch(caller);
  }

  async send(random: Random): Promise<void> {
    if (this.#isOver) {
      this.#caller = this.#watch(await this.#bot.call());
      this.#isOver = false;
    }
    const message = clientMessage(random);
    this.#caller.sendRaw(JSON.stringify(random.chance(0.5) ? message : mutateJson(message, random)));
    this.#sent += 1;
    if (this.#sent % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  judge(): Promise<void> {
    for (const { used } of this.#bot.sandbox.sessions) {
      const tokens = used?.input.textTokens ?? 0;
      if (tokens > MOST_TEXT_TOKENS) return Promise.reject(new Finding(`a call typed ${tokens} tokens of text`));
    }
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#caller.hangUp();
    return Promise.resolve();
  }

  #watch(caller: Caller): Caller {
    void caller.ended.then(() => (this.#isOver = true));
    return caller;
  }
}
