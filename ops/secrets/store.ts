import {
  CreateSecretCommand,
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  RestoreSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Aws } from '../aws/aws';
import { OpsError } from '../cli/ops-error';
import type { Redactor } from '../../contract/redactor';
import { isSecretKey } from './secrecy';
import { parseValues, type SecretState, type SecretValues } from './state';

export const CURRENT = 'AWSCURRENT';
export const PREVIOUS = 'AWSPREVIOUS';

/** Which value of a secret is meant. */
export type Which = { readonly stage: string } | { readonly versionId: string };

/** Secrets Manager, as these commands need it. What is read is hidden from all output. */
export class SecretStore {
  readonly #aws: Aws;
  readonly #redactor: Redactor;

  constructor(aws: Aws, redactor: Redactor) {
    this.#aws = aws;
    this.#redactor = redactor;
  }

  /** @throws OpsError */
  async state(name: string): Promise<SecretState> {
    const described = await this.describe(name);
    if (described?.ARN === undefined) return { kind: 'absent' };
    const { ARN: arn, DeletedDate: on } = described;
    if (on !== undefined) return { kind: 'deleted', arn, on };
    const versionId = versionAt(described, CURRENT);
    if (versionId === undefined) return { kind: 'empty', arn };
    let text: string;
    try {
      text = await this.readText(name, { versionId });
    } catch (error) {
      // The foundation's secrets may be read by their tasks alone; that is no reason not to describe them.
      if (error instanceof OpsError && error.code === 'access_denied') {
        return { kind: 'unreadable', arn, versionId, why: error };
      }
      throw error;
    }
    const values = parseValues(text);
    return values === undefined ? { kind: 'malformed', arn, versionId } : { kind: 'present', arn, versionId, values };
  }

  /** What is known of a secret besides its value; undefined when there is none. @throws OpsError */
  async describe(name: string): Promise<DescribeSecretCommandOutput | undefined> {
    const asked = this.#asked('secretsmanager:DescribeSecret', name);
    const command = new DescribeSecretCommand({ SecretId: name });
    return this.#aws.find(asked, ['ResourceNotFoundException'], (options) =>
      this.#aws.secretsManager.send(command, options),
    );
  }

  /** When the current value was written; undefined where the caller may not read it. @throws OpsError */
  async writtenAt(name: string): Promise<Date | undefined> {
    const asked = this.#asked('secretsmanager:GetSecretValue', name);
    const command = new GetSecretValueCommand({ SecretId: name, VersionStage: CURRENT });
    const found = await this.#aws.find(asked, ['AccessDeniedException', 'ResourceNotFoundException'], (options) =>
      this.#aws.secretsManager.send(command, options),
    );
    if (found?.SecretString !== undefined) this.#hide(found.SecretString);
    return found?.CreatedDate;
  }

  /** The text of a value; a secret without one is `secret_has_no_value`. @throws OpsError */
  async readText(nameOrArn: string, which: Which): Promise<string> {
    const asked = this.#asked('secretsmanager:GetSecretValue', nameOrArn);
    const wanted = 'stage' in which ? { VersionStage: which.stage } : { VersionId: which.versionId };
    const { SecretString: text } = await this.#aws.read(asked, async (options) => {
      try {
        return await this.#aws.secretsManager.send(
          new GetSecretValueCommand({ SecretId: nameOrArn, ...wanted }),
          options,
        );
      } catch (error) {
        if (error instanceof ResourceNotFoundException && /specified secret value/i.test(error.message)) {
          const what = 'stage' in which ? which.stage : 'this version';
          throw new OpsError('secret_has_no_value', `${asked.what} has no value at ${what}`, SETUP_FIX, error);
        }
        throw this.#shutOut(error, asked) ?? error;
      }
    });
    if (text === undefined) {
      throw new OpsError('secret_not_json', `${asked.what} holds bytes, not text`, `${SETUP_FIX} --replace`);
    }
    this.#hide(text);
    return text;
  }

  /** Makes the secret with its first value: one call, so that there is never one without the other. */
  async create(
    { name, description, kmsKeyId }: { name: string; description: string; kmsKeyId?: string | undefined },
    values: SecretValues,
  ): Promise<{ arn: string; versionId: string }> {
    const command = new CreateSecretCommand({
      Name: name,
      Description: description,
      ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
      SecretString: this.#textOf(values),
      Tags: [{ Key: 'ManagedBy', Value: 'voice-agent-ops' }],
    });
    const asked = this.#asked('secretsmanager:CreateSecret', name);
    const made = await this.#aws.write(asked, () => this.#aws.secretsManager.send(command));
    return { arn: made.ARN ?? '', versionId: made.VersionId ?? '' };
  }

  /** Puts a new value in; the old one stays as AWSPREVIOUS. Resolves to the new version's id. */
  async put(name: string, values: SecretValues): Promise<string> {
    const command = new PutSecretValueCommand({ SecretId: name, SecretString: this.#textOf(values) });
    const asked = this.#asked('secretsmanager:PutSecretValue', name);
    const { VersionId: versionId } = await this.#aws.write(asked, () => this.#aws.secretsManager.send(command));
    return versionId ?? '';
  }

  async restore(name: string): Promise<void> {
    const asked = this.#asked('secretsmanager:RestoreSecret', name);
    await this.#aws.write(asked, () => this.#aws.secretsManager.send(new RestoreSecretCommand({ SecretId: name })));
  }

  /** Makes another version the current one; Secrets Manager calls the one before AWSPREVIOUS. */
  async makeCurrent(name: string, versionId: string, insteadOf: string): Promise<void> {
    const asked = this.#asked('secretsmanager:UpdateSecretVersionStage', name);
    const command = new UpdateSecretVersionStageCommand({
      SecretId: name,
      VersionStage: CURRENT,
      MoveToVersionId: versionId,
      RemoveFromVersionId: insteadOf,
    });
    await this.#aws.write(asked, () => this.#aws.secretsManager.send(command));
  }

  /** The foundation's secrets may be read by their tasks and by those named in the settings, and by nobody else. */
  #shutOut(error: unknown, { what }: { what: string }): OpsError | undefined {
    const said = error instanceof Error && error.name === 'AccessDeniedException' ? error.message : '';
    if (!/explicit deny in a resource-based policy/i.test(said)) return undefined;
    return new OpsError(
      'access_denied',
      `the own policy of ${what} lets its tasks read it, and not you (secretsmanager:GetSecretValue)`,
      'Add the ARN of your role to secrets.operatorArns in the settings, and apply the foundation.',
      error,
    );
  }

  #asked(action: string, nameOrArn: string) {
    const isArn = nameOrArn.startsWith('arn:');
    const shown = isArn ? (nameOrArn.split(':secret:')[1] ?? nameOrArn).replace(/-[A-Za-z0-9]{6}$/, '') : nameOrArn;
    const resource = isArn ? nameOrArn : `arn:aws:secretsmanager:${this.#aws.region}:*:secret:${nameOrArn}-??????`;
    return { action, resource, what: `the secret ${shown}` };
  }

  #textOf(values: SecretValues): string {
    const text = JSON.stringify(values);
    this.#hide(text);
    return text;
  }

  #hide(text: string): void {
    this.#redactor.hide(text);
    for (const [key, value] of Object.entries(parseValues(text) ?? {})) {
      if (typeof value === 'string' && isSecretKey(key)) this.#redactor.hide(value);
    }
  }
}

const SETUP_FIX = 'npm run ops -- secrets setup';

/** The version that a stage names, if any does. */
export function versionAt(described: DescribeSecretCommandOutput, stage: string): string | undefined {
  return Object.entries(described.VersionIdsToStages ?? {}).find(([, stages]) => stages.includes(stage))?.[0];
}
