import { TextModel } from '../../../../evals/text-model';
import { ConverseJudge } from '../../../../evals/judge';
import { FAKE_CREDENTIALS, FakeConverse, type FakeConverseOptions } from '../../../../testbed/fakes/bedrock';

const open: { close(): unknown }[] = [];

/** A text model and a judge whose service is the stand-in. */
export async function textModels(answers: FakeConverseOptions['answers']) {
  const service = await FakeConverse.open({ answers });
  const options = {
    modelId: 'amazon.nova-lite-v1:0',
    region: 'eu-north-1',
    endpoint: service.url,
    credentials: FAKE_CREDENTIALS,
  };
  const [model, judge] = [new TextModel(options), new ConverseJudge(options)];
  open.push(model, judge, service);
  return { service, model, judge };
}

/** For `afterEach`. */
export async function closeTextModels(): Promise<void> {
  for (const one of open.splice(0)) await one.close();
}
