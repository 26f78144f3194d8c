import { asList, at, type Attributes, blocks, each, json, type Rule, text } from './document';
import { looksSecret } from './secret-rules';

type Judge = (container: Attributes) => string | undefined;

/** Variables that only a secret may fill. */
const SECRET_NAME = /(^|_)(KEY|KEYS|SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIALS?|ACCESS_KEY_ID)$/;

const JUDGES: readonly Judge[] = [
  ({ image }) => {
    const [, tag] = /^[^@]*\/[^/:@]+(?::([^/@]+))?$/.exec(text(image)) ?? [];
    if (text(image).includes('@sha256:')) return undefined;
    if (tag === undefined) return 'runs an image without a tag or digest';
    return tag === 'latest' ? 'runs the image "latest"' : undefined;
  },
  ({ user }) =>
    /^[1-9]\d*:[1-9]\d*$/.test(text(user)) ? undefined : 'may run as root: its user must be a numeric uid:gid',
  ({ privileged }) => (privileged === true ? 'is privileged' : undefined),
  ({ readonlyRootFilesystem }) => (readonlyRootFilesystem === true ? undefined : 'can write to its root file system'),
  (container) => {
    const capabilities = at(container, 'linuxParameters', 'capabilities');
    const dropped = asList(at({ capabilities }, 'capabilities', 'drop'));
    const added = asList(at({ capabilities }, 'capabilities', 'add'));
    return dropped.includes('ALL') && added.length === 0 ? undefined : 'keeps Linux capabilities';
  },
  (container) =>
    at(container, 'linuxParameters', 'initProcessEnabled') === true
      ? "has an init beside the image's, whose environment a browser can read"
      : undefined,
  ({ stopTimeout }) => (Number(stopTimeout) === 120 ? undefined : 'is killed before calls can end'),
  (container) => (at(container, 'healthCheck', 'command') === undefined ? 'has no health check' : undefined),
  (container) =>
    at(container, 'logConfiguration', 'options', 'mode') === 'non-blocking'
      ? undefined
      : 'blocks when its log does, or has none',
  ({ environment }) => {
    const found = blocks(environment).find(
      ({ name, value }) => SECRET_NAME.test(text(name)) || looksSecret(text(value)),
    );
    return found && `has a secret in its environment: ${text(found['name'])}`;
  },
  ({ secrets }) => {
    const whole = blocks(secrets).find(({ valueFrom }) => !/:[A-Z_]+:[^:]*:[^:]*$/.test(text(valueFrom)));
    return whole && `injects a whole secret instead of one key of it: ${text(whole['name'])}`;
  },
];

export const CONTAINER_RULES: readonly Rule[] = [
  each('containers', 'ECS.4, 5, 8, 9, 20 / CKV_AWS_334, 336', ['aws_ecs_task_definition'], ({ attributes }) => {
    const containers = blocks(json(attributes['container_definitions']));
    if (containers.length === 0) return 'has container definitions that are not literal JSON';
    return containers
      .flatMap((container) => JUDGES.map((judge) => judge(container)))
      .find((found) => found !== undefined);
  }),
  each('tasks', 'ECS.3, ECS.17 / CKV_AWS_335, 249', ['aws_ecs_task_definition'], ({ attributes }) => {
    if (attributes['network_mode'] !== 'awsvpc') return 'shares a network';
    if (attributes['pid_mode'] !== undefined || attributes['ipc_mode'] !== undefined)
      return 'shares processes or memory';
    const { execution_role_arn: execution, task_role_arn: task } = attributes;
    if (execution === undefined || task === undefined) return 'lacks a role';
    return execution === task ? 'uses one role for both purposes' : undefined;
  }),
  each('insights', 'ECS.12 / CKV_AWS_65', ['aws_ecs_cluster'], ({ attributes }) =>
    blocks(attributes['setting']).some(
      ({ name, value }) => name === 'containerInsights' && ['enabled', 'enhanced'].includes(text(value)),
    )
      ? undefined
      : 'has no container insights',
  ),
  each('services', 'ECS.10 / CKV_AWS_332', ['aws_ecs_service'], ({ attributes }) => {
    const { platform_version: platform } = attributes;
    if (platform !== undefined && platform !== 'LATEST') return 'pins a platform version';
    if (attributes['enable_execute_command'] === true) return 'lets shells into its containers';
    if (at(attributes, 'deployment_circuit_breaker', 'rollback') !== true) return 'does not roll a failed release back';
    if (at(attributes, 'alarms', 'rollback') !== true) return 'does not roll back on alarms';
    return attributes['propagate_tags'] === 'SERVICE' ? undefined : 'does not tag its tasks';
  }),
];
