import { FakeAws, Moto, NamedQueries, QueryDefinitions } from '../../fakes/aws';
import { Rollouts } from '../../fakes/ecs';
import {
  AwsApi,
  awsSchemaOf,
  DATA_SOURCES,
  EmulatedCloud,
  type ProviderServer,
  RESOURCES,
  startProvider,
} from '../../fakes/terraform';

export const REGION = 'eu-north-1';
export const ACCOUNT = '111111111111';

/** An empty account of AWS on loopback, and the stand-in for terraform's provider that makes things in it. */
export interface EmulatedAws {
  readonly aws: FakeAws;
  readonly api: AwsApi;
  readonly provider: ProviderServer;
  readonly close: () => Promise<void>;
}

/** @param onRunning told what ECS's service runs, whenever that changes; undefined where there is none */
export async function startEmulatedAws(
  onRunning: (taskDefinition: string | undefined) => void = () => undefined,
): Promise<EmulatedAws> {
  const cleanUp: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const clean of cleanUp.splice(0).reverse()) await clean();
  };
  try {
    const moto = await Moto.start({ accountId: ACCOUNT });
    cleanUp.push(() => moto.stop());
    const rollouts = new Rollouts({ onRunning, onGone: () => onRunning(undefined) });
    const aws = await FakeAws.start({
      upstreamUrl: moto.url,
      answers: {
        'ecs:DescribeServices': () => rollouts.describe(),
        'ecs:UpdateService': (request) => rollouts.update(request),
        ...new QueryDefinitions().answers,
        ...new NamedQueries().answers,
      },
      watches: {
        'ecs:CreateService': (request) => rollouts.create(request),
        'ecs:DeleteService': () => rollouts.delete(),
      },
    });
    cleanUp.push(() => aws.close());
    const api = new AwsApi(aws.url, REGION, ACCOUNT);
    const provider = await startProvider({
      schema: awsSchemaOf({ resources: Object.keys(RESOURCES), dataSources: Object.keys(DATA_SOURCES) }),
      cloud: new EmulatedCloud(api),
    });
    cleanUp.push(() => provider.close());
    return { aws, api, provider, close };
  } catch (error) {
    await close();
    throw error;
  }
}
