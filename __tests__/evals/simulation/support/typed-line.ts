import type { RtviMessage } from '../../../../bot/rtvi/messages';
import type { Line, LineEnd } from '../../../../evals/run';

/** What a bot does upon typed words; `''` is its greeting. */
export type BotsPart = (words: string, bot: Bot) => void;

export interface Bot {
  /** Speaks, and is heard to its end. */
  say(words: string): void;
  /** Speaks, and goes on. */
  begin(words: string): void;
  hangUp(): void;
  loseLine(): void;
}

/** A line on which everything is typed and heard at once. */
export function typedLine(part: BotsPart): Line & { readonly typed: readonly string[] } {
  const typed: string[] = [];
  let tell: (message: RtviMessage, atMs: number) => void = () => undefined;
  let end: (how: LineEnd) => void = () => undefined;
  const ended = new Promise<LineEnd>((resolve) => {
    end = resolve;
  });
  const nowMs = (): number => performance.now();
  const send = (type: string, data: object = {}): void => tell({ type, data } as unknown as RtviMessage, nowMs());
  const bot: Bot = {
    begin: (words) => {
      send('bot-llm-started');
      send('bot-started-speaking');
      send('bot-tts-text', { text: words });
    },
    say: (words) => {
      bot.begin(words);
      send('bot-stopped-speaking');
    },
    hangUp: () => end('bot'),
    loseLine: () => end('lost'),
  };
  return {
    typed,
    ended,
    nowMs,
    onMessage: (listener) => {
      tell = listener;
      part('', bot);
    },
    type: (words) => {
      typed.push(words);
      part(words, bot);
    },
    speak: () => Promise.reject(new Error('nobody speaks here')),
    press: () => undefined,
    hangUp: () => end('caller'),
  };
}
