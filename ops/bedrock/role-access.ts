import { MODEL_ACTIONS } from '../../contract/models';
import { arnsOf, modelArn, namesOf } from '../../stacks/names';
import type { Settings } from '../../stacks/settings';
import type { Aws } from '../aws/aws';
import { missingStatement } from '../aws/explain';
import { simulate } from '../aws/simulate';
import { OpsError } from '../cli/ops-error';
import { type Finding, unknownFinding } from '../cli/report';

const SUBJECT = 'task role';

/** May the tasks' role, and not only whoever asks, open a stream to the model. */
export async function checkTaskRole(aws: Aws, settings: Settings, modelId: string): Promise<Finding> {
  if (settings.secrets.useStaticCredentials) {
    return { status: 'skipped', subject: SUBJECT, text: 'the bot uses static credentials in its place' };
  }
  const roleArn = arnsOf(settings).role(namesOf(settings).roles.task);
  const resource = modelArn(aws.region, modelId);
  try {
    const answers = await Promise.all(MODEL_ACTIONS.map((action) => simulate(aws, { roleArn, action, resource })));
    const lacking = MODEL_ACTIONS.filter((_, index) => answers[index]?.kind === 'denied');
    if (lacking.length === 0) return { status: 'ok', subject: SUBJECT, text: 'may open streams to the model' };
    return {
      status: 'failed',
      code: 'access_denied',
      subject: SUBJECT,
      text: `its policies do not allow ${lacking.join(' and ')} on ${modelId} in ${aws.region}`,
      fix: `Apply the foundation again; the missing statement: ${missingStatement({ action: lacking, resource })}`,
    };
  } catch (error) {
    if (error instanceof OpsError && error.code === 'not_found') {
      return { status: 'skipped', subject: SUBJECT, text: 'there is none yet: the foundation makes it' };
    }
    return unknownFinding(SUBJECT, error);
  }
}
