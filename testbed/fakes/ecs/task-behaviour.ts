/**
 * What the tasks of the next deployment do: serve, serve beside old ones that still have calls, fail, never start, or make
 * an alarm ring once callers meet them.
 */
export type TaskBehaviour = 'healthy' | 'beside-old' | 'unhealthy' | 'pending' | 'alarming';
