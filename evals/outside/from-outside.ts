import {
  isForARealModel,
  isOfScript,
  neverMet,
  type Expectation,
  type Limits,
  type Scenario,
  type Turn,
} from '../scenario';

/** Something that a scenario asks for and nobody outside of the bot can say. */
export interface NotJudged {
  /** The key of the scenario, such as `effects_total`. */
  readonly what: string;
  readonly why: string;
}

export interface OutsideScenario {
  /** The scenario without what is not judged. */
  readonly scenario: Scenario;
  readonly notJudged: readonly NotJudged[];
  /** Whether anything is left that a call could break. */
  readonly isEmpty: boolean;
}

const OF_MODEL = 'only the model knows what it was told, and when';
const OF_LOG = "the bot's log is not at hand";
/** Limits on what a caller neither hears nor is told. */
const UNSEEN: Partial<Record<keyof Limits, string>> = {
  effects_total: "only a tool's service knows how often it was asked",
  tool_answered_max_ms: OF_MODEL,
  model_sees: OF_MODEL,
  model_never_sees: OF_MODEL,
  next_model_sees: OF_MODEL,
  next_model_never_sees: OF_MODEL,
  log_has: OF_LOG,
  log_never_has: OF_LOG,
  secrets_leaked: "the values of the bot's secrets are not at hand",
};
const OF_SCRIPT = 'is the doing of the scripted model, and another answers here';
const TOOLS_HIDDEN = 'the bot tells its clients no names of tools (SHOW_TOOL_CALLS)';

/**
 * What of a scenario can be judged by who calls a bot that is deployed.
 * @param tellsTools whether the bot tells its clients the names and arguments of tools
 */
export function fromOutside(scenario: Scenario, tellsTools: boolean): OutsideScenario {
  const script = { turns: turnsOf(scenario), nova: scenario.nova };
  const notJudged: NotJudged[] = [];
  const leaveOut = (what: string, why: string): void => {
    notJudged.push({ what, why });
  };
  const isScripted = !isForARealModel(script) && script.turns.some((turn) => turn.nova?.model !== undefined);
  const usesTools = script.turns.some((turn) => turn.nova?.model?.some((step) => 'call' in step || 'calls' in step));

  const judged = (expected: Expectation): readonly Expectation[] => {
    const { event, text_contains: contains, text_excludes: excludes, ...rest } = expected;
    if (event === 'function_call' || event === 'function_call_stopped') {
      if (isScripted) return (leaveOut(event, OF_SCRIPT), []);
      if (tellsTools) return [expected];
      const { name, args, calls, ...plain } = expected;
      if (name !== undefined || args !== undefined || calls !== undefined) leaveOut(`${event} by name`, TOOLS_HIDDEN);
      return [plain];
    }
    const own = (words: string | readonly string[] | undefined): readonly string[] =>
      [words ?? []].flat().filter((one) => !isScripted || !isOfScript(one, script));
    const [wanted, unwanted] = [own(contains), own(excludes)];
    const said = [contains ?? [], excludes ?? []].flat().length;
    if (wanted.length + unwanted.length < said) leaveOut(`words of ${event}`, OF_SCRIPT);
    return [
      {
        ...rest,
        event,
        ...(wanted.length > 0 ? { text_contains: wanted } : {}),
        ...(unwanted.length > 0 ? { text_excludes: unwanted } : {}),
      },
    ];
  };

  const turns = script.turns.map((turn): Turn => ({ ...turn, expect: turn.expect.flatMap(judged) }));
  const written = Object.entries(script.nova?.expect ?? {}) as [keyof Limits, unknown][];
  const whyNot = (limit: keyof Limits, value: unknown): string | undefined => {
    if (limit in UNSEEN) return UNSEEN[limit];
    if (limit === 'calls_total') return isScripted ? OF_SCRIPT : tellsTools ? undefined : TOOLS_HIDDEN;
    if (isScripted && usesTools && (limit === 'handoffs' || (limit === 'ended_by' && value === 'bot')))
      return OF_SCRIPT;
    const words = limit === 'client_sees' && Array.isArray(value) ? value.map(String) : [];
    return isScripted && words.some((one) => isOfScript(one, script)) ? OF_SCRIPT : undefined;
  };
  const limits = written.filter(([limit, value]) => {
    const why = whyNot(limit, value);
    if (why !== undefined) leaveOut(limit, why);
    return why === undefined;
  });
  const nova = { ...script.nova, expect: Object.fromEntries(limits) };
  if (scenario.kind === 'simulation') {
    const { metrics = [] } = scenario;
    const seen = metrics.filter((metric) => {
      const isHidden = 'measure' in metric && metric.measure === 'function_calls' && !tellsTools;
      if (isHidden) leaveOut('function_calls', TOOLS_HIDDEN);
      return !isHidden;
    });
    return { scenario: { ...scenario, nova, metrics: seen }, notJudged, isEmpty: false };
  }
  return {
    scenario: { ...scenario, turns, nova },
    notJudged,
    isEmpty: limits.length === 0 && turns.every(({ expect }) => expect.length === 0),
  };
}

const turnsOf = (scenario: Scenario): readonly Turn[] => (scenario.kind === 'script' ? scenario.turns : []);

/** Why a scenario is not run against a bot that is deployed; undefined: it is. @param hasModels whether a judge, and who plays personas, are there */
export function whyNotFromOutside(scenario: Scenario, hasModels: boolean): string | undefined {
  if (scenario.kind === 'simulation' && !hasModels)
    return 'a persona needs a model that plays it, and a judge: --judge-model';
  const { nova } = scenario;
  const turns = turnsOf(scenario);
  const unheard = scenario.kind === 'script' ? neverMet(scenario) : undefined;
  if (unheard !== undefined) return unheard;
  if (nova?.needs === 'offline') return 'needs a scripted model';
  if (nova?.needs === 'replay') return 'needs a recording of a real model';
  const transport = nova?.transport ?? 'webrtc';
  if (transport !== 'webrtc') return `needs the transport ${transport}`;
  if (nova?.bot !== undefined) return `needs a bot of its own, with ${Object.keys(nova.bot).join(', ')}`;
  if (turns.some((turn) => turn.nova?.fault !== undefined)) return 'only a stand-in breaks its streams';
  const mocked = [nova?.tools, ...turns.map((turn) => turn.nova?.tools)]
    .flatMap((tools) => Object.entries(tools ?? {}))
    .flatMap(([name, { mock }]) => (mock === 'live' ? [name] : []));
  if (mocked.length > 0) return `a deployed bot would carry out what is mocked: ${[...new Set(mocked)].join(', ')}`;
  return undefined;
}
