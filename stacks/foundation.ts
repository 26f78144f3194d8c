import type { Construct } from 'constructs';
import type { ServedAgent } from '../contract/agent';
import { AwsStack } from './aws-stack';
import { accessLogBucket } from './constructs/access-log-bucket';
import { callEvents } from './constructs/call-events';
import { certificateArn } from './constructs/certificate';
import { EncryptionKey, usedByLogs, usedByAlarms, usedByTrail } from './constructs/encryption-key';
import { firewall } from './constructs/firewall';
import { githubRoles } from './constructs/github-roles';
import { imageRepository } from './constructs/image-repository';
import { logGroup } from './constructs/log-group';
import { network } from './constructs/network';
import type { Network } from './constructs/network-shape';
import { undeliveredQueue } from './constructs/event-delivery';
import { eventRoles } from './constructs/event-roles';
import { recordQueries } from './constructs/record-queries';
import { recordsBucket } from './constructs/records-bucket';
import { type KnownSecret, secrets } from './constructs/secrets';
import { type SecurityGroups, securityGroups } from './constructs/security-groups';
import { executionRole, taskRole } from './constructs/task-roles';
import { trafficRole } from './constructs/traffic-role';
import { trail } from './constructs/trail';
import { usageTable } from './constructs/usage-table';
import { saysEvents } from './names';
import type { Settings } from './settings';

/**
 * What outlives a release: keys, secrets, images, network, roles, logs. Its fields are what the service stack cannot
 * derive from names.
 */
export class FoundationStack extends AwsStack {
  readonly secrets: readonly KnownSecret[];
  readonly network: Network;
  readonly firewallArn: string | undefined;
  readonly securityGroups: SecurityGroups;
  readonly operationsKeyArn: string;
  readonly certificateArn: string | undefined;

  constructor(scope: Construct, settings: Settings, agents: readonly ServedAgent[]) {
    super(scope, settings, agents, 'foundation');
    const { names } = this;

    const operationsKey = new EncryptionKey(this, 'operations-key', {
      alias: `${names.base}-operations`,
      description: `Encrypts logs, images, alarms, usage and the trail of ${names.base}`,
      services: [
        usedByLogs(this, [
          names.logGroup,
          names.flowLogGroup,
          names.firewallLogGroup,
          names.insightsLogGroup,
          names.machineLogGroup,
        ]),
        usedByAlarms(this),
        usedByTrail(this),
      ],
    });
    this.operationsKeyArn = operationsKey.arn;

    const known = secrets(this);
    this.secrets = known.all;
    this.network = network(this, operationsKey.arn);
    this.securityGroups = securityGroups(this, this.network.vpcId);

    const execution = executionRole(this, known);
    const accessLogs = accessLogBucket(this);
    const recordsKeyArn = settings.records.keep ? recordsBucket(this, accessLogs) : undefined;
    if (recordsKeyArn !== undefined && settings.records.analytics) recordQueries(this, recordsKeyArn);
    const task = taskRole(this, known, { usageKeyArn: operationsKey.arn, recordsKeyArn });
    trafficRole(this);
    usageTable(this, operationsKey.arn);
    eventRoles(this, operationsKey.arn);
    undeliveredQueue(this);
    if (saysEvents(settings.records)) callEvents(this);
    const github = githubRoles(this);

    const repository = imageRepository(this, operationsKey.arn);
    const logs = logGroup(this, 'log-group', names.logGroup, operationsKey.arn);
    // Container Insights would otherwise create it without a key and without an expiry.
    logGroup(this, 'insights-log-group', names.insightsLogGroup, operationsKey.arn);
    logGroup(this, 'machine-log-group', names.machineLogGroup, operationsKey.arn);
    this.firewallArn = firewall(this, operationsKey.arn);
    if (settings.secrets.trail === 'create') trail(this, operationsKey.arn);
    this.certificateArn = certificateArn(this);

    this.output('log_group', logs.name, "Log group of the bot's containers");
    this.output('image_repository', repository.repositoryUrl, 'Where images are pushed');
    this.output('execution_role_arn', execution.arn, 'Role that ECS starts tasks with');
    this.output('task_role_arn', task.arn, 'Role that the bot runs with');
    this.output(
      'secret_arns',
      Object.fromEntries(known.all.map(({ name, arn }) => [name, arn])),
      'ARNs of the secrets by name; `ops secrets setup` gives them their values',
    );
    if (settings.records.keep) this.output('records_bucket', names.recordsBucket, 'What is kept of calls');
    if (github) {
      this.output('deploy_role_arn', github.deployArn, 'Role for release workflows on GitHub');
      this.output('plan_role_arn', github.planArn, 'Role for plans on GitHub');
      this.output('build_role_arn', github.buildArn, 'Role that pushes images from GitHub');
    }
  }
}
