import type { Caller } from '../../../../smoke/caller';
import type { FuzzBot } from '../fuzz-bot';
import { mutateJson, mutateText } from '../mutate';
import type { Random } from '../random';
import type { OpenTarget, Target } from '../target';

/** Events of the model in a call, right and changed, in any order. */
export const modelEvents: Target = {
  name: 'model-events',
  open: async (bot) => {
    const target = new ModelEventsTarget(bot);
    await target.callAnew();
    return target;
  },
};

const SETTLE_MS = 5;

class ModelEventsTarget implements OpenTarget {
  readonly #bot: FuzzBot;
  #caller: Caller | undefined;
  #calls = 0;
  #tag = '';

  constructor(bot: FuzzBot) {
    this.#bot = bot;
  }

  async callAnew(): Promise<void> {
    this.#caller?.hangUp();
    const caller = await this.#bot.call();
    this.#calls += 1;
    this.#tag = `fuzzed call ${this.#calls}`;
    caller.sendText(`This is ${this.#tag}.`);
    const from = caller.messages.length;
    await caller.waitForMessage('bot-llm-text', 15_000, from);
    this.#caller = caller;
    void caller.ended.then(() => {
      if (this.#caller === caller) this.#caller = undefined;
    });
  }

  async send(random: Random): Promise<void> {
    const session = this.#bot.sessionOf(this.#tag);
    // The bot may rightly give a stream, or a call, up.
    if (session === undefined || this.#caller === undefined) return this.callAnew();
    const event = { event: modelEvent(random) };
    const text = JSON.stringify(random.chance(0.4) ? event : mutateJson(event, random, 0.1));
    session.fail({ kind: 'event', json: random.chance(0.05) ? mutateText(text, random) : text });
    if (random.chance(0.2)) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }

  close(): Promise<void> {
    this.#caller?.hangUp();
    return Promise.resolve();
  }
}

/** One event as the service sends it. */
function modelEvent(random: Random): Record<string, unknown> {
  const ids = {
    sessionId: 's',
    promptName: 'p',
    completionId: `c-${random.integer(0, 3)}`,
    contentId: `k-${random.integer(0, 5)}`,
  };
  const type = random.pick(['TEXT', 'AUDIO', 'TOOL']);
  const role = random.pick(['ASSISTANT', 'USER', 'TOOL', 'SYSTEM']);
  const tokens = { speechTokens: random.integer(0, 9), textTokens: random.integer(0, 9) };
  const usage = { input: tokens, output: tokens };
  switch (random.integer(0, 9)) {
    case 0:
      return { completionStart: ids };
    case 1:
    case 2: {
      const generationStage = random.pick(['SPECULATIVE', 'FINAL']);
      return { contentStart: { ...ids, type, role, additionalModelFields: JSON.stringify({ generationStage }) } };
    }
    case 3:
      return { textOutput: { ...ids, role, content: random.pick(['Hello.', '{ "interrupted" : true }', '', ' ']) } };
    case 4:
      return { audioOutput: { ...ids, content: random.bytes(random.integer(0, 960)).toString('base64') } };
    case 5:
      // The stand-in refuses the result of a tool that it did not ask for, and the call is over: seldom, then.
      if (random.chance(0.95)) return { contentEnd: { ...ids, type, stopReason: 'INTERRUPTED' } };
      return {
        toolUse: {
          ...ids,
          toolUseId: `t-${random.integer(0, 4)}`,
          toolName: random.pick(['get_current_time', 'get_weather', 'x']),
          content: random.pick(['{}', '{"place":"Oslo"}', 'null', '"{}"']),
        },
      };
    case 6:
      return {
        contentEnd: { ...ids, type, stopReason: random.pick(['END_TURN', 'PARTIAL_TURN', 'INTERRUPTED', 'TOOL_USE']) },
      };
    case 7:
      return { completionEnd: { ...ids, stopReason: 'END_TURN' } };
    case 8:
      return { usageEvent: { ...ids, details: { delta: usage, total: usage }, totalTokens: random.integer(0, 99) } };
    default:
      return { [random.pick(['userSpeechStart', 'userSpeechEnd'])]: { ...ids, detectedAtMs: random.integer(0, 1e6) } };
  }
}
