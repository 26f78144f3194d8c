import type { VariableName } from '../../contract/variables';
import type { TaskDefinition } from '../task-definition/definition';

/** A difference between this rehearsal and ECS, for the report. */
export interface Difference {
  readonly what: string;
  readonly here: string;
  readonly onEcs: string;
}

export interface PlanOptions {
  /** Resolved secrets by variable. */
  readonly injected: Readonly<Record<string, string>>;
  /** Whether a call will be placed, which is done over WebRTC. */
  readonly placesCall: boolean;
  readonly port: number | undefined;
  readonly bedrockEndpointUrl: string | undefined;
  /** Of the process that rehearses; undefined where the system has no such thing. */
  readonly ownUid: number | undefined;
  readonly asMe: boolean;
}

/** How to run the bot. */
export interface Plan {
  /** The bot's environment without PATH and credentials. Holds secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly port: number;
  readonly healthCommand: readonly string[] | undefined;
  readonly usesOwnCredentials: boolean;
  readonly differences: readonly Difference[];
}

const LOOPBACK = '127.0.0.1';

/** Plans how to run the task on this machine, and lists everything that differs from how ECS runs it. */
export function planRehearsal(task: TaskDefinition, options: PlanOptions): Plan {
  const differences: Difference[] = [];
  const env: Record<string, string> = { ...task.environment, ...options.injected };
  const change = (name: VariableName, here: string): void => {
    if (env[name] === here) return;
    differences.push({ what: name, here, onEcs: env[name] ?? 'not set' });
    env[name] = here;
  };
  change('HOST', LOOPBACK);
  const port = options.port ?? task.port;
  change('FAST_API_PORT', String(port));
  if (options.placesCall) {
    change('TRANSPORT', 'webrtc');
    change('WEBRTC_BIND_ADDRESS', LOOPBACK);
  }
  if (options.bedrockEndpointUrl !== undefined) change('BEDROCK_ENDPOINT_URL', options.bedrockEndpointUrl);
  // That table counts the deployed service's usage.
  if (env['USAGE_TABLE'] !== undefined) {
    differences.push({ what: 'USAGE_TABLE', here: 'not set', onEcs: env['USAGE_TABLE'] });
    delete env['USAGE_TABLE'];
  }
  const usesOwnCredentials = env['AWS_ACCESS_KEY_ID'] === undefined;
  if (usesOwnCredentials) differences.push({ what: 'credentials', here: 'yours', onEcs: task.taskRoleArn });
  const user = userOf(task, options, differences);
  differences.push({ what: 'container', here: 'a process', onEcs: task.image });
  differences.push({ what: 'ECS agent', here: 'a stand-in on loopback', onEcs: 'beside the container' });
  return {
    env,
    user,
    port,
    healthCommand: healthCommand(task, port),
    usesOwnCredentials,
    differences,
  };
}

function userOf(task: TaskDefinition, { ownUid, asMe }: PlanOptions, differences: Difference[]): Plan['user'] {
  const [uidText = '0', gidText = uidText] = (task.user ?? '0').split(':');
  const [uid, gid] = [Number(uidText), Number(gidText)];
  if (ownUid === uid) return undefined;
  if (ownUid === 0 && !asMe && Number.isInteger(uid) && Number.isInteger(gid)) return { uid, gid };
  const here = ownUid === undefined ? 'you' : `uid ${ownUid}`;
  differences.push({ what: 'user', here, onEcs: task.user ?? 'root' });
  return undefined;
}

/** The health check as ECS runs it inside the container, at the port that is used here. */
function healthCommand({ healthCheck, port: wanted }: TaskDefinition, port: number): string[] | undefined {
  const [kind, ...rest] = healthCheck?.command ?? [];
  const moved = rest.map((part) => part.replaceAll(`:${wanted}/`, `:${port}/`));
  if (kind === 'CMD') return moved;
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...moved] : undefined;
}
