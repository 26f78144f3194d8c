import { RuleBroken } from '../errors';
import { isE164, isSipAddress } from '../numbers';
import { Attributes } from './attributes';
import { actionOf } from './urls';
import type { Dial, DialTarget } from './verbs';
import type { XmlElement } from './xml';

const CALL_EVENTS = ['initiated', 'ringing', 'answered', 'completed'] as const;
const CONFERENCE_EVENTS = [
  'start',
  'end',
  'join',
  'leave',
  'mute',
  'hold',
  'modify',
  'speaker',
  'announcement',
] as const;
const FOUR_HOURS_SECONDS = 14_400;

/** `<Dial>` with its one noun. Source: https://www.twilio.com/docs/voice/twiml/dial @throws RuleBroken */
export function dialOf(element: XmlElement, attributes: Attributes, base: string | undefined): Dial {
  const [noun, ...more] = element.children;
  if (more.length > 0) throw new RuleBroken(12200, '<Dial> of several at once is not in this stand-in');
  const callerId = attributes.text('callerId');
  if (callerId !== undefined && !isE164(callerId) && noun?.name !== 'Sip') {
    throw new RuleBroken(13223, '<Dial callerId> is no number');
  }
  return {
    kind: 'dial',
    action: actionOf(attributes, 'action', 'method', base),
    timeoutSeconds: attributes.integer('timeout', { from: 1, to: 600, otherwise: 30 }),
    timeLimitSeconds: attributes.integer('timeLimit', {
      from: 1,
      to: FOUR_HOURS_SECONDS,
      otherwise: FOUR_HOURS_SECONDS,
    }),
    answersOnBridge: attributes.flag('answerOnBridge', false),
    callerId,
    target: noun === undefined ? numberOf(element.text) : targetOf(noun, base),
  };
}

function targetOf(noun: XmlElement, base: string | undefined): DialTarget {
  if (noun.children.length > 0) throw new RuleBroken(12200, `<${noun.name}> with something in it`);
  const attributes = new Attributes(noun);
  const target = readTarget(noun, attributes, base);
  attributes.end();
  return target;
}

function readTarget({ name, text }: XmlElement, attributes: Attributes, base: string | undefined): DialTarget {
  switch (name) {
    case 'Number':
      return { ...numberOf(text), ...callbacks(attributes, base) };
    case 'Sip':
      if (!isSipAddress(text)) throw new RuleBroken(13224, '<Sip> is no address');
      return { kind: 'sip', to: text, ...callbacks(attributes, base) };
    case 'Conference':
      if (text === '') throw new RuleBroken(12200, '<Conference> without a name');
      attributes.oneOf('beep', ['true', 'false', 'onEnter', 'onExit'], 'true');
      return {
        kind: 'conference',
        name: text,
        startsOnEnter: attributes.flag('startConferenceOnEnter', true),
        endsOnExit: attributes.flag('endConferenceOnExit', false),
        muted: attributes.flag('muted', false),
        maxParticipants: attributes.integer('maxParticipants', { from: 2, to: 250, otherwise: 250 }),
        waitUrl: waitUrlOf(attributes, base),
        statusCallback: actionOf(attributes, 'statusCallback', 'statusCallbackMethod', base),
        statusEvents: attributes.words('statusCallbackEvent', CONFERENCE_EVENTS),
        label: attributes.text('participantLabel'),
      };
    default:
      throw new RuleBroken(12200, `<Dial><${name}> is not known here`);
  }
}

/** An empty one is silence while somebody waits. */
function waitUrlOf(attributes: Attributes, base: string | undefined): ReturnType<typeof actionOf> {
  if (attributes.text('waitUrl') !== '') return actionOf(attributes, 'waitUrl', 'waitMethod', base);
  attributes.text('waitMethod');
  return undefined;
}

function numberOf(text: string): Extract<DialTarget, { kind: 'number' }> {
  if (!isE164(text)) throw new RuleBroken(13223, 'a number to dial that is not E.164');
  return { kind: 'number', to: text, statusCallback: undefined, statusEvents: [], screening: undefined };
}

function callbacks(
  attributes: Attributes,
  base: string | undefined,
): Pick<Extract<DialTarget, { kind: 'sip' }>, 'statusCallback' | 'statusEvents' | 'screening'> {
  return {
    statusCallback: actionOf(attributes, 'statusCallback', 'statusCallbackMethod', base),
    statusEvents: attributes.words('statusCallbackEvent', CALL_EVENTS),
    // What the one who answers hears before they are put through.
    screening: actionOf(attributes, 'url', 'method', base),
  };
}
