import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { Annotations, S3Backend, TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { ServedAgent } from '../contract/agent';
import { APP, arnsOf, type Arns, namesOf, type Names, stateKey } from './names';
import type { Settings } from './settings';

/** What every stack of an environment has: settings, agents, names, the AWS provider with default tags, and the S3 backend. */
export abstract class AwsStack extends TerraformStack {
  readonly names: Names;
  readonly arns: Arns;

  constructor(
    scope: Construct,
    readonly settings: Settings,
    readonly agents: readonly ServedAgent[],
    readonly kind: 'state' | 'foundation' | 'service',
  ) {
    super(scope, `${settings.environment}-${kind}`);
    this.names = namesOf(settings);
    this.arns = arnsOf(settings);

    new AwsProvider(this, 'aws', {
      region: settings.region,
      allowedAccountIds: [settings.accountId],
      defaultTags: [{ tags: { Project: APP, Environment: settings.environment, Stack: kind, ManagedBy: 'terraform' } }],
    });
    // The S3 backend's lock file needs 1.10.
    this.addOverride('terraform.required_version', '>= 1.10.0, < 2.0.0');

    new S3Backend(this, {
      bucket: this.names.stateBucket,
      key: stateKey(kind),
      region: settings.region,
      // No `encrypt`: without a key id, which is not known before the bucket exists, it requests SSE-S3 and so bypasses
      // the bucket's own key. The bucket encrypts everything with that key, and refuses uploads that ask for less.
    });
    // CDKTF 0.21 has no type for it; an override also leaves the readers of other stacks' states alone.
    this.addOverride('terraform.backend.s3.use_lockfile', true);
  }

  /** An output under exactly this name, for operators and scripts. */
  output(name: string, value: unknown, description: string): void {
    new TerraformOutput(this, `output-${name}`, { value, description, staticId: true }).overrideLogicalId(name);
  }

  /** Prints a warning at every synth. */
  warn(message: string): void {
    Annotations.of(this).addWarning(message);
  }
}
