import { KEY_DELETION_DAYS } from '../../stacks/aws-limits';
import { namesOf } from '../../stacks/names';
import type { Settings } from '../../stacks/settings';

/** What is there after an environment has been destroyed, and why. */
export function keptOf(settings: Settings, keepState: boolean): string[] {
  const { secrets, network, domain, image, github, environment, phone, dailyPhone } = settings;
  const { base, stateBucket } = namesOf(settings);
  return [
    `the keys of KMS, for ${KEY_DELETION_DAYS.shortest} days: AWS deletes none at once, and bills none that is to be deleted`,
    `the revisions of the task definition ${base}: they cost nothing, and say what ran`,
    ...when(secrets.mode === 'existing', `the secrets ${secrets.namePrefix}/…: they were there before`),
    ...when(
      secrets.mode === 'managed' && secrets.recoveryWindowDays > 0,
      `the secrets, for ${secrets.recoveryWindowDays} days: so long they can be restored (secrets.recoveryWindowDays)`,
    ),
    ...when(network.kind !== 'new', 'the network: it was there before'),
    ...when(domain?.hostedZoneId !== undefined, 'the hosted zone, without our records: it was there before'),
    ...when(domain?.certificateArn !== undefined, 'the certificate: it was there before'),
    ...when(
      phone !== undefined,
      `the numbers ${Object.keys(phone?.numbers ?? {}).join(', ')} at Twilio: they still lead here, and cost; console.twilio.com`,
    ),
    ...when(
      dailyPhone !== undefined,
      `the numbers ${Object.keys(dailyPhone?.numbers ?? {}).join(', ')} at Daily: they still lead here, and cost; dashboard.daily.co`,
    ),
    ...when(image.repository !== undefined, `the images in ${image.repository ?? ''}: another registry has them`),
    ...when(github?.createProvider === false, "the account's provider for GitHub: others may use it"),
    ...when(keepState, `the bucket ${stateBucket}, by --keep-state: with the states, and what they were`),
    `environments/${environment}.json, and .env, on this machine`,
  ];
}

const when = (isSo: boolean, text: string): string[] => (isSo ? [text] : []);
