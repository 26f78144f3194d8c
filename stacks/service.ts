import type { Construct } from 'constructs';
import { AwsStack } from './aws-stack';
import { LONGEST_DEREGISTRATION_SECONDS } from './aws-limits';
import { AlarmBoard } from './constructs/alarm';
import { alarmTopic } from './constructs/alarm-topic';
import { alarms } from './constructs/alarms';
import { autoscaling } from './constructs/autoscaling';
import { cluster } from './constructs/cluster';
import { dashboard, dashboardUrl } from './constructs/dashboard';
import { ecsService } from './constructs/ecs-service';
import { loadBalancer } from './constructs/load-balancer';
import { metricFilters } from './constructs/metrics';
import { phoneAlarms } from './constructs/phone-alarms';
import { recordAlarms } from './constructs/record-alarms';
import { savedQueries } from './constructs/saved-queries';
import { restartOnSecretChange } from './constructs/restart-on-secret-change';
import { watchSecretAccess } from './constructs/secret-watch';
import { taskDefinition } from './constructs/task-definition';
import type { FoundationStack } from './foundation';
import { imageReference, longestPhoneCallSeconds, releaseName } from './names';
import { hasTelephone, type Settings } from './settings';

/** What a release changes: the task, its service, the load balancer, scaling and observability. */
export class ServiceStack extends AwsStack {
  constructor(scope: Construct, settings: Settings, foundation: FoundationStack) {
    super(scope, settings, foundation.agents, 'service');
    const { names } = this;

    const topic = alarmTopic(this, foundation.operationsKeyArn);
    const board = new AlarmBoard(this, topic.arn);
    const balancer = loadBalancer(this, foundation);
    metricFilters(this);
    const rollbackAlarms = alarms(this, board, balancer);
    if (hasTelephone(settings)) phoneAlarms(board, settings);
    recordAlarms(this, board);

    const fargate = cluster(this);
    const task = taskDefinition(this, foundation);
    const service = ecsService(this, foundation, fargate, task, balancer, rollbackAlarms);
    autoscaling(this, service);
    restartOnSecretChange(this, foundation, service, board);
    watchSecretAccess(this, foundation, fargate.arn, board);
    dashboard(this, balancer);
    savedQueries(this);

    if (!settings.secrets.startKey) this.warn('secrets.startKey is false: anybody who reaches the URL starts calls.');

    if (settings.phone && longestPhoneCallSeconds(settings.bot) > LONGEST_DEREGISTRATION_SECONDS) {
      this.warn(
        'bot.maxCallMinutes is more than the load balancer waits for: a telephone call that is older than an hour when ECS takes its unprotected task is cut off.',
      );
    }

    this.output('url', balancer.url, 'Where callers and clients go');
    this.output('cluster', fargate.name, 'ECS cluster');
    this.output('service', service.name, 'ECS service');
    this.output('task_definition_arn', task.arn, 'Revision that this release runs');
    this.output('image', imageReference(settings), 'Image that this release runs');
    this.output('release', releaseName(settings), 'What this release is called');
    this.output('log_group', names.logGroup, "Log group of the bot's containers");
    this.output('alarm_topic_arn', topic.arn, 'Topic that alarms are said on');
    this.output('dashboard_url', dashboardUrl(this), "The dashboard's page");
    this.output(
      'secret_arns',
      Object.fromEntries(foundation.secrets.map(({ name, arn }) => [name, arn])),
      'ARNs of the secrets by name',
    );
    this.output('load_balancer_name', names.loadBalancer, 'Load balancer');
  }
}
