import { closeSync, openSync } from 'node:fs';

/** This process, and the first one of the container, which has the same environment. */
const HOLDERS = ['self', '1'] as const;

/**
 * Processes whose environment, with the secrets in it, a program of the same user may read; a browser without a sandbox
 * runs such programs. The kernel hides it where the user may execute a program and not read it:
 * https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html
 */
export function readableEnvironments(canRead: (path: string) => boolean = canOpen): readonly string[] {
  return HOLDERS.filter((holder) => canRead(`/proc/${holder}/environ`));
}

function canOpen(path: string): boolean {
  try {
    closeSync(openSync(path, 'r'));
    return true;
  } catch {
    return false;
  }
}
