import type { Behaviours } from './behaviours';

/** Arguments as they are sent: one `content` for each `toolUse` event. `json` is the text of an object. */
export function encodeArguments(json: string, how: Behaviours['toolArguments']): readonly unknown[] {
  switch (how) {
    case 'text':
      return [json];
    case 'twice':
      return [JSON.stringify(json)];
    case 'object':
      return [JSON.parse(json)];
    case 'pieces': {
      const half = Math.ceil(json.length / 2);
      return [json.slice(0, half), json.slice(half)];
    }
  }
}
