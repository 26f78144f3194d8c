import { invalidRequest } from './api-error';

type Check = (value: unknown) => boolean;

const isBoolean: Check = (value) => typeof value === 'boolean';
const isString: Check = (value) => typeof value === 'string';
/** Unix seconds; Daily's clients have been bitten by fractions. */
const isTime: Check = (value) => typeof value === 'number' && Number.isInteger(value) && value > 1_000_000_000;
const isCount: Check = (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isObject: Check = (value) => typeof value === 'object' && value !== null;

const SIP: Readonly<Record<string, Check>> = {
  display_name: isString,
  sip_mode: (value) => value === 'dial-in',
  num_endpoints: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 5,
  video: isBoolean,
  codecs: isObject,
  provider: (value) => value === 'signalwire' || value === 'daily',
};

const isSip: Check = (value) => {
  if (typeof value !== 'object' || value === null) return false;
  check(value as Readonly<Record<string, unknown>>, SIP);
  return 'display_name' in value && 'sip_mode' in value && 'num_endpoints' in value;
};

const ROOM: Readonly<Record<string, Check>> = {
  nbf: isTime,
  exp: isTime,
  eject_at_room_exp: isBoolean,
  eject_after_elapsed: isCount,
  max_participants: isCount,
  enable_prejoin_ui: isBoolean,
  enable_people_ui: isBoolean,
  enable_chat: isBoolean,
  enable_knocking: isBoolean,
  enable_screenshare: isBoolean,
  enable_network_ui: isBoolean,
  start_audio_off: isBoolean,
  start_video_off: isBoolean,
  sfu_switchover: (value) => typeof value === 'number',
  geo: isString,
  permissions: isObject,
  enforce_unique_user_ids: isBoolean,
  sip: isSip,
  enable_dialout: isBoolean,
};

const TOKEN: Readonly<Record<string, Check>> = {
  room_name: isString,
  nbf: isTime,
  exp: isTime,
  eject_at_token_exp: isBoolean,
  eject_after_elapsed: isCount,
  is_owner: isBoolean,
  user_name: isString,
  user_id: isString,
  enable_screenshare: isBoolean,
  start_video_off: isBoolean,
  start_audio_off: isBoolean,
  enable_prejoin_ui: isBoolean,
  permissions: isObject,
};

/** @throws ApiError that names the first property which is unknown or of another type */
export function checkRoomProperties(given: Readonly<Record<string, unknown>>): void {
  check(given, ROOM);
}

/** @throws ApiError that names the first property which is unknown or of another type */
export function checkTokenProperties(given: Readonly<Record<string, unknown>>): void {
  check(given, TOKEN);
}

function check(given: Readonly<Record<string, unknown>>, known: Readonly<Record<string, Check>>): void {
  for (const [name, value] of Object.entries(given)) {
    const isRight = known[name];
    if (isRight === undefined) throw invalidRequest(`unknown parameter '${name}'`);
    if (!isRight(value)) throw invalidRequest(`invalid value for '${name}'`);
  }
}
