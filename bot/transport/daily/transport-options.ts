import type { Telemetry } from '../../telemetry';
import type { Clock } from '../../time';
import type { DialledCall, Entrance, HeldCall } from '../rooms';
import type { BridgeServer } from './bridge/server';
import type { HostPage } from './browser/host-page';

/** How long things may take, in ms. */
export interface DailyTimeouts {
  /** From the start until the bot is in the room: loading Daily's call machine included, which alone may take minutes. */
  readonly botJoinMs: number;
  /** From then on until the first person is. */
  readonly callerJoinMs: number;
  /** For the last audio to get through Daily and the caller's buffer before the bot leaves. */
  readonly farewellMs: number;
  /** For clients to see that the bot left, and leave by themselves, before the room goes under them. */
  readonly partingMs: number;
  /** Between two pings of the page; three unanswered ones, or two without sound between them, and it is given up. */
  readonly pingEveryMs: number;
}

export const DAILY_TIMEOUTS: DailyTimeouts = {
  botJoinMs: 25_000,
  callerJoinMs: 60_000,
  farewellMs: 300,
  partingMs: 700,
  pingEveryMs: 2_000,
};

/** The telephone at the other end of a call. */
export type Telephone =
  /** It is to be put through to the room. */
  | { readonly kind: 'held'; readonly call: HeldCall; readonly connect: () => Promise<void> }
  /** It is to be rung. */
  | { readonly kind: 'dialled'; readonly call: DialledCall };

export interface DailyTransportOptions {
  readonly roomUrl: string;
  readonly botToken: string;
  readonly bundleUrl: string | undefined;
  readonly page: Pick<HostPage, 'openCall' | 'onEnd'>;
  readonly bridge: BridgeServer;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly timeouts: DailyTimeouts;
  /** The page does not answer: it is discarded with all its calls. */
  onPageHangs(): void;
  /** Daily did not start in the page; a request hanging there would delay the next call, too. */
  onPageSuspect(): void;
  /** Asks Daily to tell everybody in the room that the call was lost, which the bot's side no longer can. */
  tellLost(): Promise<void>;
  /** Undefined where the caller is in a browser. */
  readonly phone?: Telephone | undefined;
  /** A place in the room for one more. @throws BotError `daily_*` */
  invite(): Promise<Entrance>;
  /** Called once, when the transport is closed: releases the page, and takes the room away unless it is needed. */
  release(keepsRoom: boolean): Promise<void>;
}
