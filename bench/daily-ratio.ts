import { benchDaily, type DailyCost } from './daily';
import { benchDailyFloor } from './daily-floor';
import { benchLegOfBot } from './leg';
import { quantiles } from './quantiles';

/** All of the bot may cost so many times bare call objects and the model's side. */
const GOAL = 1.15;

/** Calls through Daily rooms beside their floor, medians of turns. CPU in % of a core per call. */
export interface DailyRatio {
  readonly calls: number;
  readonly turns: number;
  readonly all: number;
  /** Of it the bot's browsers, the rest being Node. */
  readonly browser: number;
  readonly node: number;
  /** Bare call objects, in a browser like the bot's, each with sound of its own. */
  readonly bare: number;
  /** The same with one audio graph for all: the least that call objects can take. */
  readonly least: number;
  /** The Bedrock leg of as many calls, which bare call objects do not have. */
  readonly model: number;
  readonly browserToBare: number;
  /** What the goal judges: a call without its model is none. */
  readonly allToBareAndModel: number;
  readonly allToLeastAndModel: number;
  readonly mbTotal: number;
  readonly mbPerCall: number;
  readonly glitches: number;
}

interface Turn {
  readonly bot: DailyCost;
  readonly bare: number;
  readonly least: number;
  readonly model: number;
}

/** Floor and bot in turns, each turn the other way round than the one before: the machine's mood is then the same for both. */
export async function benchDailyRatio(calls: number, seconds: number, turns: number): Promise<DailyRatio> {
  const done: Turn[] = [];
  for (let turn = 0; turn < turns; turn += 1) done.push(await benchTurn(calls, seconds, turn % 2 === 0));
  const median = (of: (turn: Turn) => number): number => quantiles(done.map(of)).p50;
  const browser = ({ bot }: Turn): number => bot.cpuPercentPerCall - bot.nodePercentPerCall;
  return {
    calls,
    turns,
    all: median(({ bot }) => bot.cpuPercentPerCall),
    browser: median(browser),
    node: median(({ bot }) => bot.nodePercentPerCall),
    bare: median(({ bare }) => bare),
    least: median(({ least }) => least),
    model: median(({ model }) => model),
    browserToBare: median((turn) => browser(turn) / turn.bare),
    allToBareAndModel: median(({ bot, bare, model }) => bot.cpuPercentPerCall / (bare + model)),
    allToLeastAndModel: median(({ bot, least, model }) => bot.cpuPercentPerCall / (least + model)),
    mbTotal: median(({ bot }) => bot.mbTotal),
    mbPerCall: median(({ bot }) => bot.mbPerCall),
    glitches: done.reduce((sum, { bot }) => sum + bot.glitches, 0),
  };
}

/** The row in words. */
export function dailyVerdict({ calls, allToBareAndModel, allToLeastAndModel, browserToBare }: DailyRatio): string {
  const met = allToBareAndModel <= GOAL ? 'met' : 'missed';
  return [
    `${calls} calls: all of the bot to bare call objects and the model's side ${allToBareAndModel.toFixed(2)}, goal ${GOAL} ${met}`,
    `to the least that call objects can take, and the model's side, ${allToLeastAndModel.toFixed(2)}`,
    `its browsers to bare call objects ${browserToBare.toFixed(2)}`,
  ].join('; ');
}

async function benchTurn(calls: number, seconds: number, botLast: boolean): Promise<Turn> {
  const early = botLast ? undefined : await benchDaily(calls, seconds);
  const bare = await benchDailyFloor(calls, seconds, 'own');
  const least = await benchDailyFloor(calls, seconds, 'shared');
  const model = await benchLegOfBot(calls, seconds);
  return { bare, least, model, bot: early ?? (await benchDaily(calls, seconds)) };
}
