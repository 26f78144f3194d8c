import type { RequestHandler } from 'express';
import { notReady, type NotReady } from './availability';
import type { HttpDependencies } from './dependencies';
import { hopsIn } from './peers';
import { requestIdOf } from './request-context';
import { queryOf } from './request-target';

/** Reasons for which another task may take the call; a fault of the configuration is every task's. */
const ELSEWHERE: ReadonlySet<NotReady['reason']> = new Set(['draining', 'outdated', 'no_rooms', 'full', 'busy']);

/** Why another task should take a call rather than this one; undefined while this one can, or no other could. */
export function whyElsewhere({ config, calls }: Pick<HttpDependencies, 'calls' | 'config'>): NotReady | undefined {
  const not = notReady(config, calls.status);
  return not !== undefined && ELSEWHERE.has(not.reason) ? not : undefined;
}

/**
 * A load balancer distributes starts without knowing which task has a free slot: tasks stay in its target group while
 * they are full or hold the last calls of an old release, because ECS ends whatever leaves it. So a task that can take
 * no call sends the start back (307, which every HTTP client follows with the same body), and it reaches another. After
 * `startHops` redirects the task it is at decides: one that only stands down takes it, a full one refuses.
 */
export function redirectToPeer(deps: HttpDependencies): RequestHandler {
  const { config, telemetry } = deps;
  const { startHops } = config.access;
  return (req, res, next) => {
    const hop = hopsIn(queryOf(req.originalUrl).get('hop') ?? undefined);
    const not = whyElsewhere(deps);
    if (hop >= startHops || not === undefined) {
      next();
      return;
    }
    telemetry.record('callSentOn', { requestId: requestIdOf(res), why: not.reason, hop: hop + 1 });
    res.set('Cache-Control', 'no-store').redirect(307, `${req.path}?hop=${hop + 1}`);
  };
}
