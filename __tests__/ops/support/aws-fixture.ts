import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Project } from './project';

const BUCKET = 'pipecat-voice-agent-test-state-111111111111';

type Block = Record<string, string>;
type Blocks = Record<string, Record<string, Block>>;

/** What a deployment makes, put into the emulator by hand from the synthesised stacks: no emulator runs Terraform's provider for all of it. */
export class AwsFixture {
  readonly secrets: SecretsManagerClient;
  readonly ecs: ECSClient;
  readonly #iam: IAMClient;
  readonly #s3: S3Client;
  readonly #ecr: ECRClient;
  readonly #logs: CloudWatchLogsClient;

  /** @param endpoint the emulator's own, past all faults */
  constructor(endpoint: string) {
    const options = {
      endpoint,
      region: 'eu-north-1',
      credentials: { accessKeyId: 'fixture', secretAccessKey: 'fixture' },
    };
    this.secrets = new SecretsManagerClient(options);
    this.ecs = new ECSClient(options);
    this.#iam = new IAMClient(options);
    this.#s3 = new S3Client(options);
    this.#ecr = new ECRClient(options);
    this.#logs = new CloudWatchLogsClient(options);
  }

  /** The foundation's secrets without values, with their key and policies, and its roles. */
  async foundation(project: Project): Promise<void> {
    const { resource } = JSON.parse(project.read('cdktf.out/stacks/test-foundation/cdk.tf.json')) as {
      resource: Blocks;
    };
    const arns = new Map<string, string>();
    const keyArn = 'arn:aws:kms:eu-north-1:111111111111:key/11111111-2222-3333-4444-555555555555';
    const resolve = (text: string): string =>
      text
        .replaceAll(/\$\{aws_secretsmanager_secret\.([^.}]+)\.arn\}/g, (_, id: string) => arns.get(id) ?? '')
        .replaceAll(/\$\{aws_kms_key\.[^.}]+\.arn\}/g, keyArn);
    for (const [id, block] of Object.entries(resource['aws_secretsmanager_secret'] ?? {})) {
      const made = await this.secrets.send(
        new CreateSecretCommand({ Name: block['name'], Description: block['description'], KmsKeyId: keyArn }),
      );
      arns.set(id, made.ARN ?? '');
    }
    for (const [id, block] of Object.entries(resource['aws_secretsmanager_secret_policy'] ?? {})) {
      const secret = arns.get(id.replace(/-policy$/, '')) ?? '';
      await this.secrets.send(
        new PutResourcePolicyCommand({ SecretId: secret, ResourcePolicy: resolve(block['policy'] ?? '') }),
      );
    }
    const roles = resource['aws_iam_role'] ?? {};
    for (const id of ['execution-role', 'task-role']) {
      const role = roles[id] ?? {};
      const policy = resource['aws_iam_role_policy']?.[`${id}-policy`] ?? {};
      await this.#iam.send(
        new CreateRoleCommand({ RoleName: role['name'], AssumeRolePolicyDocument: role['assume_role_policy'] }),
      );
      await this.putRolePolicy(role['name'] ?? '', policy['name'] ?? '', resolve(policy['policy'] ?? ''));
    }
  }

  async putRolePolicy(roleName: string, name: string, policy: string): Promise<void> {
    await this.#iam.send(new PutRolePolicyCommand({ RoleName: roleName, PolicyName: name, PolicyDocument: policy }));
  }

  /** A cluster and a service with these names, with one revision. */
  async service(name = 'pipecat-voice-agent-test'): Promise<void> {
    await this.ecs.send(new CreateClusterCommand({ clusterName: name }));
    await this.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: name,
        containerDefinitions: [{ name: 'bot', image: 'bot:1', memory: 512 }],
      }),
    );
    await this.ecs.send(
      new CreateServiceCommand({ cluster: name, serviceName: name, taskDefinition: name, desiredCount: 1 }),
    );
  }

  /** The state bucket as the state stack makes it. */
  async stateBucket(): Promise<void> {
    await this.#s3.send(
      new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: 'eu-north-1' } }),
    );
    await this.#s3.send(
      new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const } };
    await this.#s3.send(
      new PutBucketEncryptionCommand({ Bucket: BUCKET, ServerSideEncryptionConfiguration: { Rules: [rule] } }),
    );
  }

  /** What Terraform keeps of the applied service stack. */
  async serviceState(url: string): Promise<void> {
    const state = { version: 4, outputs: { url: { value: url, type: 'string' } } };
    await this.#s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'service.tfstate', Body: JSON.stringify(state) }));
  }

  /** What terraform writes while a run works on a stack's state. */
  async lock(stack: string, who: string, id = 'i'): Promise<void> {
    const info = { ID: id, Operation: 'OperationTypeApply', Info: '', Who: who, Version: '1.11.4', Path: 'p' };
    const Body = JSON.stringify({ ...info, Created: '2026-11-27T17:00:00Z' });
    await this.#s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `${stack}.tfstate.tflock`, Body }));
  }

  /** The environment's repository with an image of this tag; without one it is empty. */
  async image(tag?: string, repositoryName = 'pipecat-voice-agent-test'): Promise<void> {
    await this.#ecr.send(new CreateRepositoryCommand({ repositoryName }));
    if (tag === undefined) return;
    const digest = `sha256:${'1'.repeat(64)}`;
    const imageManifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: 10, digest },
      layers: [{ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: 90_000_000, digest }],
    });
    await this.#ecr.send(new PutImageCommand({ repositoryName, imageTag: tag, imageManifest }));
  }

  /** The log group, with these lines written just now by one task each. */
  async log(lines: readonly { stream: string; line: Record<string, unknown> | string }[] = []): Promise<void> {
    const logGroupName = '/ecs/pipecat-voice-agent-test';
    await this.#logs.send(new CreateLogGroupCommand({ logGroupName }));
    for (const logStreamName of new Set(lines.map(({ stream }) => stream))) {
      await this.#logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
      const logEvents = lines
        .filter(({ stream }) => stream === logStreamName)
        .map(({ line }, index) => ({
          timestamp: Date.now() - 5_000 + index,
          message: typeof line === 'string' ? line : JSON.stringify(line),
        }));
      await this.#logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    }
  }

  async put(name: string, values: Record<string, unknown> | string): Promise<void> {
    const text = typeof values === 'string' ? values : JSON.stringify(values);
    if (await this.#exists(name)) {
      await this.secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: text }));
    } else {
      await this.secrets.send(new CreateSecretCommand({ Name: name, SecretString: text }));
    }
  }

  /** The stored object at a stage. */
  async get(name: string, stage = 'AWSCURRENT'): Promise<unknown> {
    const { SecretString: text } = await this.secrets.send(
      new GetSecretValueCommand({ SecretId: name, VersionStage: stage }),
    );
    return JSON.parse(text ?? 'null');
  }

  /** How many versions have a stage. */
  async versions(name: string): Promise<number> {
    const { VersionIdsToStages: versions } = await this.secrets.send(new DescribeSecretCommand({ SecretId: name }));
    return Object.keys(versions ?? {}).length;
  }

  close(): void {
    this.secrets.destroy();
    this.ecs.destroy();
    this.#iam.destroy();
    this.#s3.destroy();
    this.#ecr.destroy();
    this.#logs.destroy();
  }

  async #exists(name: string): Promise<boolean> {
    try {
      await this.secrets.send(new DescribeSecretCommand({ SecretId: name }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return false;
      throw error;
    }
  }
}
