/* Control messages between the bot and a page: JSON in the text messages of a call's WebSocket. */

/** Users with this prefix are programs: a room in which only they are left is empty. */
export const BOT_USER_PREFIX = 'bot-';

export type ToPage =
  | {
      readonly kind: 'join';
      readonly url: string;
      readonly token: string;
      readonly userName: string;
      /** Where the call machine is loaded from instead of Daily's servers. */
      readonly bundleUrl: string | undefined;
    }
  | { readonly kind: 'message'; readonly data: unknown; readonly to: string }
  /** Rings a telephone. */
  | { readonly kind: 'dial-out'; readonly phoneNumber: string; readonly callerId: string }
  /** Gives a telephone caller away. */
  | { readonly kind: 'transfer'; readonly sessionId: string; readonly toEndPoint: string }
  | { readonly kind: 'ping'; readonly n: number }
  | { readonly kind: 'leave' };

/** How far the bot's part of a meeting has come: Daily's call machine is loaded, the room is joined, or it has been. */
export type Stage = 'load' | 'join' | 'call';

/** Somebody else in the room. */
export interface RoomMember {
  readonly id: string;
  readonly userId: string;
  readonly muted: boolean;
}

export type FromPage =
  | { readonly kind: 'joined'; readonly members: readonly RoomMember[] }
  | { readonly kind: 'member-joined' | 'member-updated' | 'member-left'; readonly member: RoomMember }
  | { readonly kind: 'message'; readonly from: string; readonly data: unknown }
  /** The room can be called by telephone, or the call has failed. */
  | { readonly kind: 'dial-in-ready' | 'dial-in-failed' }
  /** Somebody has taken up the telephone that was rung, or nobody will. */
  | { readonly kind: 'dial-out-answered' | 'dial-out-failed' }
  /** Who is on the telephone has hung up. */
  | { readonly kind: 'dial-in-stopped' | 'dial-out-stopped'; readonly sessionId: string }
  /** A key on a telephone; '' where Daily does not say whose. */
  | { readonly kind: 'key'; readonly from: string; readonly tone: string }
  | { readonly kind: 'transfer-refused' }
  /** A message was not sent: Daily's limit on their size is in characters of JSON, and the room's own. */
  | { readonly kind: 'message-refused' }
  /** The meeting is over for the bot, or never began. */
  | { readonly kind: 'over'; readonly stage: Stage; readonly type: string }
  | { readonly kind: 'repaired'; readonly what: Repair }
  | { readonly kind: 'pong'; readonly n: number; readonly audible: boolean };

/** Faults of Chromium that a page repairs by itself. */
export type Repair =
  | 'element-failed'
  | 'element-paused'
  | 'silent-zeros'
  | 'context-suspended'
  | 'worklet-failed'
  | 'bot-was-muted'
  | 'not-subscribed';

/** What the bot can ask of a page by Puppeteer. */
export interface PageBridge {
  /** Opens the audio graph, so that the first call need not wait for it. */
  warm(): Promise<void>;
  /** Connects a call to the bot, which knows it by its secret. */
  open(secret: string): void;
  /** Calls, people heard in them, and scripts in the page: what is left after the last call is a leak. */
  census(): { calls: number; voices: number; scripts: number };
}
