import type { SeededFault } from './fault';

/** Wrong in the bot's own code: a bot is built with the change, and called. */
export const CODE_FAULTS = {
  silent_for_four_seconds: {
    foundBy: 'assistant: tools/slow_tool_is_explained',
    says: 'the longest wait was',
    code: {
      file: 'bot/call/waiting-sound.ts',
      is: 'const HEARD_AFTER_MS = 1_500;',
      becomes: 'const HEARD_AFTER_MS = 15_000;',
    },
  },
  stops_500_ms_late: {
    foundBy: 'assistant: conversation/interrupted_by_voice',
    says: 'the time until the bot stopped was',
    code: {
      file: 'bot/call/turns/effects.ts',
      is: 'void this.#flush(effect.isBargeIn, effect.counts);',
      becomes: 'setTimeout(() => void this.#flush(effect.isBargeIn, effect.counts), 500);',
    },
  },
  tool_run_again_after_an_interruption: {
    foundBy: 'assistant: tools/asked_again_while_a_tool_runs',
    says: 'get_weather was carried out 2 times',
    code: {
      file: 'bot/call/tool-calls.ts',
      is: 'const answer = await this.#run(request);',
      // What the caller says, and any other tool, sets it anew.
      becomes: `const mark = (this.#invalidThisTurn = Math.random());
        let answer = await this.#run(request);
        if (this.#invalidThisTurn !== mark) answer = await this.#run(request);`,
    },
  },
  secret_in_the_log: {
    foundBy: 'clinic: appointment/reads_back_before_it_books',
    says: 'a secret was seen by the log',
    code: {
      file: 'bot/tools/agent-tools.ts',
      is: `{ agent, logger }: ToolServices): Tool {
  return {
    ...tool,
    run: async (args, context) => {`,
      becomes: `{ agent, logger, secrets }: ToolServices): Tool {
  return {
    ...tool,
    run: async (args, context) => {
      logger.info({ callId: context.callId, secrets }, 'tool called');`,
    },
  },
  words_in_the_log: {
    foundBy: 'assistant: conversation/typed_question',
    says: 'the log has "Rome"',
    code: {
      file: 'bot/sonic/session/conversation.ts',
      is: 'this.#dialogue.typed(text);',
      becomes: "this.#deps.logger.info({ words: text }, 'typed'); this.#dialogue.typed(text);",
    },
  },
  unheard_words_in_history: {
    foundBy: 'assistant: conversation/interrupted_by_voice',
    says: 'the next stream was told "as anybody likes"',
    code: {
      file: 'bot/call/playback-transcript.ts',
      is: 'const words = wordsHeard(segment, heardMs - startedAtHeardMs);',
      becomes: 'const words = text;',
    },
  },
  history_lost_with_the_stream: {
    foundBy: 'assistant: conversation/interrupted_by_voice',
    says: 'the next stream was never told "Once upon a time"',
    code: {
      file: 'bot/sonic/session/dialogue.ts',
      is: 'const plan = planReplay(said, this.#allowance.bytes,',
      becomes: 'const plan = planReplay(said, 0,',
    },
  },
  handoff_without_history: {
    foundBy: 'clinic: appointment/hands_over_to_billing',
    says: 'the next stream was never told',
    code: {
      file: 'bot/sonic/session/dialogue.ts',
      is: 'return { ...plan, question: order };',
      becomes: 'return { messages: [], question: this.#opening ?? order };',
    },
  },
} as const satisfies Record<string, SeededFault>;
