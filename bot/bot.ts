import type { Calls } from './call';

/** A whole bot: it can be started and stopped once. */
export interface Bot {
  readonly calls: Calls;
  /** Listens on the configured address. @throws BotError `listen_failed` */
  start(): Promise<{ host: string; port: number }>;
  /** Resolves once a first call would be served like any other, at once where nothing has been started. Never rejects. */
  whenWarm(): Promise<void>;
  /** From now on the health check fails with this reason. */
  declareBroken(reason: string): void;
  /**
   * Takes no new call, lets the present ones go on for `drainMs`, closes them with a goodbye, then everything else.
   * The HTTP server answers until the last call is over. Idempotent, bounded, never throws.
   */
  stop(drainMs: number): Promise<void>;
}
