import {
  type Dialect,
  FAKE_CREDENTIALS,
  type FakeBedrock,
  type Fault,
  type ScriptedReply,
  startFakeBedrock,
} from '../../../fakes/bedrock';
import type { Scenario } from '../../../../evals/scenario';
import type { SeededFault } from '../seeded-faults';
import { type ModelPart, type ModelSide, scriptOf } from './model-side';
import { scenarioModel, type ScenarioModel } from './scenario-model';

/** How much faster the stand-in thinks and speaks than the service. */
const SPEECH_SCALE = 2;

/** Variables that lead a bot to a stand-in. */
export const leadingTo = ({ url }: FakeBedrock): Readonly<Record<string, string>> => ({
  AWS_REGION: 'eu-north-1',
  AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
  BEDROCK_ENDPOINT_URL: url,
});

/** The stand-in, which plays the part that a scenario writes. */
export class StandInModel implements ModelSide {
  readonly kind = 'scripted';
  readonly variables: Readonly<Record<string, string>>;
  readonly #bedrock: FakeBedrock;

  private constructor(bedrock: FakeBedrock) {
    this.#bedrock = bedrock;
    this.variables = leadingTo(bedrock);
  }

  static async open(dialect: Dialect): Promise<StandInModel> {
    return new StandInModel(await startFakeBedrock({ dialect, speechScale: SPEECH_SCALE }));
  }

  begin(_agent: string, scenario: Scenario, fault?: SeededFault): ModelPart {
    const script = scriptOf(scenario);
    const bedrock = this.#bedrock;
    const written = scenarioModel(script);
    const said: string[] = [];
    const model = overheard(fault?.model?.(written) ?? written, said);
    const before = bedrock.sessions.length;
    bedrock.follow(model);
    return {
      turn: (index) => {
        model.turn(index);
        const { fault: broken } = script.turns[index]?.nova ?? {};
        if (broken !== undefined) bedrock.sessions.at(-1)?.fail(broken satisfies Pick<Fault, 'kind'> as Fault);
      },
      said,
      get voiceId() {
        return bedrock.sessions[before]?.voiceId;
      },
      told: () => Promise.resolve(bedrock.sessions.slice(before)),
      stale: [],
      end: () => bedrock.follow(undefined),
    };
  }

  close(): Promise<void> {
    return this.#bedrock.close();
  }
}

/** The same model, whose sentences are noted. */
function overheard(model: ScenarioModel, said: string[]): ScenarioModel {
  const noted = <Scripted extends ScriptedReply | undefined>(scripted: Scripted): Scripted => {
    if (scripted?.reply.kind === 'say') said.push(...scripted.reply.sentences);
    return scripted;
  };
  return {
    ...model,
    said: (words, spoken) => noted(model.said(words, spoken)),
    toolAnswered: (content) => noted(model.toolAnswered(content)),
  };
}
