import { randomUUID } from 'node:crypto';
import type { Behaviours } from './behaviours';

/** The text of a refusal as it goes out. */
export function prefixed(message: string, how: Behaviours['prefix']): string {
  switch (how) {
    case 'request-id':
      return `RequestId=${randomUUID()} : ${message}`;
    case 'error-code':
      return `InternalErrorCode=532::${message}`;
    case 'error-list':
      return `Error(s):\nError 1 : ${message}`;
    case 'none':
      return message;
  }
}
