import type { Failure } from '../../../../evals/report';
import type { Scenario, Script } from '../../../../evals/scenario';
import { type Cassette, type Departure, type FakeBedrock, startFakeBedrock } from '../../../fakes/bedrock';
import { callersPart, cassettesOf, toolResultsIn } from '../cassettes';
import { type ModelPart, type ModelSide, scriptOf } from './model-side';
import { leadingTo } from './stand-in';

interface Departed {
  listener: (departure: Departure) => void;
}

/** Recordings in place of a model. A call that is not as it was when it was recorded is stale. */
export class RecordedModel implements ModelSide {
  readonly kind = 'recorded';
  readonly variables: Readonly<Record<string, string>>;
  readonly #bedrock: FakeBedrock;
  readonly #departed: Departed;

  private constructor(bedrock: FakeBedrock, departed: Departed) {
    this.#bedrock = bedrock;
    this.#departed = departed;
    this.variables = leadingTo(bedrock);
  }

  static async open(): Promise<RecordedModel> {
    const departed: Departed = { listener: () => undefined };
    const bedrock = await startFakeBedrock({ onDeparture: (departure) => departed.listener(departure) });
    return new RecordedModel(bedrock, departed);
  }

  begin(agent: string, scenario: Scenario): ModelPart {
    const script = scriptOf(scenario);
    const bedrock = this.#bedrock;
    const cassettes = cassettesOf(agent, script.id);
    const [first] = cassettes;
    if (first === undefined) throw new Error(`there is no recording of ${agent}: ${script.id}`);
    const before = bedrock.sessions.length;
    const stale = callerDifferences(script, first);
    const breaks = script.turns.some(({ nova }) => nova?.fault !== undefined);
    bedrock.play(breaks ? cassettes.map(unbroken) : cassettes);
    const part: ModelPart = {
      turn: (index) => {
        if (stale.length > 0) part.onStale?.();
        const { fault } = script.turns[index]?.nova ?? {};
        if (fault !== undefined) bedrock.sessions.at(-1)?.fail(fault as Parameters<FakeBedrock['failNext']>[0]);
      },
      told: () => Promise.resolve(bedrock.sessions.slice(before)),
      get stale() {
        const more = bedrock.sessions.length - before - cassettes.length;
        return more > 0 ? [...stale, staleAs(`the bot opened ${more} more streams than were recorded`)] : stale;
      },
      toolResults: new Map(cassettes.flatMap(({ recording }) => toolResultsIn(recording))),
      recorded: first.recording.head,
      end: () => {
        this.#departed.listener = () => undefined;
        bedrock.play([]);
      },
    };
    this.#departed.listener = ({ kind, what, diff }) => {
      // When a stream ends is the caller's to say: a bot that hangs up too early is found by what is expected of it.
      if (kind === 'left') return;
      const nth = bedrock.sessions.length - before;
      stale.push(staleAs(nth > 1 ? `stream ${nth}: ${what}` : what, diff));
      part.onStale?.();
    };
    return part;
  }

  close(): Promise<void> {
    return this.#bedrock.close();
  }
}

/** A stream that a scenario breaks is broken by it, when its turn comes, and not by the recording. */
function unbroken({ recording: { head, lines }, sound }: Cassette): Cassette {
  const isBreak = ({ event }: (typeof lines)[number]): boolean =>
    (event['streamEnd'] as { readonly kind?: string } | undefined)?.kind === 'broken';
  return { recording: { head, lines: lines.filter((line) => !isBreak(line)) }, sound };
}

/** The caller of a scenario has to do what the recorded one did: a recording answers nobody else. */
function callerDifferences(script: Script, { recording }: Cassette): Failure[] {
  const { caller } = recording.head;
  if (caller === undefined) return [];
  const now = callersPart(script);
  return Array.from({ length: Math.max(now.length, caller.length) }, (_, turn) => turn).flatMap((turn) => {
    const [was = 'nothing', is = 'nothing'] = [caller[turn], now[turn]];
    return was === is
      ? []
      : [{ kind: 'stale', turn, detail: 'the caller is another one', diff: [`-${was}`, `+${is}`] }];
  });
}

const staleAs = (detail: string, diff: readonly string[] = []): Failure => ({
  kind: 'stale',
  turn: undefined,
  detail,
  diff,
});
