/**
 * What the task that places a smoke call inside the service's network says by its exit code, which is all that ECS keeps
 * of it. Its log stream has the sentence. 1 is none of them: node ends with it for what it cannot load.
 */
export const SMOKE_EXIT = { talked: 0, notCalled: 3, failed: 4, inconclusive: 75 } as const;

/** What the task runs, in the image's working directory; then the address to call, and the version to expect. */
export const SMOKE_PROGRAM = 'dist/smoke/main.js';
