import type { DeclaredTool } from './events';
import { isObject } from './input';
import { findFacts, type Memory } from './memory';

/** What the sandbox does about something said or typed. */
export type Reply =
  | { readonly kind: 'say'; readonly sentences: readonly string[] }
  | {
      readonly kind: 'use-tool';
      readonly tool: string;
      readonly argumentsJson: string;
      /** Used at the same time; it goes on when all have answered. */
      readonly also?: readonly { readonly tool: string; readonly argumentsJson: string }[];
    };

const GREETING = 'Hello! I am the sandbox voice. How can I help you?';

/** Topics for which a tool is looked up by its name. */
const TOPICS = [
  { topic: 'time', asked: /\b(time|clock)\b/i, tool: /time/i },
  { topic: 'weather', asked: /\b(weather|forecast|temperature)\b/i, tool: /weather/i },
] as const;

function say(text: string): Reply {
  return { kind: 'say', sentences: splitSentences(text) };
}

/** Answers typed text by simple rules, and from what `memory` holds; no understanding is claimed. */
export function answerText(text: string, tools: readonly DeclaredTool[], memory?: Memory): Reply {
  if (/^you were cut off\b/i.test(text)) return goOn(tools, memory);
  const call = /^call (\w+)\s*(\{.*\})?\.?$/is.exec(text.trim());
  if (call !== null) return callTool(call[1] ?? '', call[2] ?? '{}', tools);
  const exactly = /say exactly:\s*["“](.+)["”]/is.exec(text)?.[1];
  if (exactly !== undefined) return say(exactly);
  const late = /^tell the caller [^{]*(\{.*\})$/is.exec(text.trim())?.[1];
  if (late !== undefined && isJson(late)) return { kind: 'say', sentences: answerToolResult(late) };
  if (/^what is your prompt\b/i.test(text.trim())) return say(memory?.prompt || 'I have no prompt.');
  const asked = /\bwhat (?:is|was) my ([a-z]+(?: [a-z]+)?)\s*\?/i.exec(text)?.[1];
  if (asked !== undefined) return say(recall(asked, memory));
  const [fact] = /^remember\b/i.test(text) ? findFacts(text) : [];
  if (fact !== undefined) return say(`I will remember that your ${fact.thing} is ${fact.is}.`);
  // Before the topics: the instruction to greet may name what the caller can ask for.
  if (/\bgreet\b/i.test(text)) return say(GREETING);
  for (const { topic, asked, tool } of TOPICS) {
    if (asked.test(text))
      return useTool(
        topic,
        text,
        tools.find((declared) => tool.test(declared.name)),
      );
  }
  if (/\b(hello|hi|hey|good (morning|afternoon|evening))\b/i.test(text)) return say(GREETING);
  return say(`You said: ${text.trim()}${/[.!?]$/.test(text.trim()) ? '' : '.'}`);
}

/** `call find_slot {"day":"Monday"}` calls any tool that was declared, with these arguments. */
function callTool(name: string, argumentsJson: string, tools: readonly DeclaredTool[]): Reply {
  if (!tools.some((declared) => declared.name === name)) return say(`I have no tool called ${name}.`);
  if (!isJson(argumentsJson)) return say('Those arguments are not JSON.');
  return { kind: 'use-tool', tool: name, argumentsJson };
}

function recall(thing: string, memory: Memory | undefined): string {
  const is = memory?.recall(thing);
  return is === undefined ? `You have not told me your ${thing}.` : `Your ${thing} is ${is}.`;
}

/** What the answer to the last question still lacks, by the history. */
function goOn(tools: readonly DeclaredTool[], memory: Memory | undefined): Reply {
  const last = memory?.lastExchange;
  if (last === undefined) return say('I do not know what I was saying.');
  const reply = answerText(last.question, tools, memory);
  if (reply.kind !== 'say') return reply;
  const rest = reply.sentences.filter((sentence) => !last.said.includes(sentence));
  return { kind: 'say', sentences: rest.length === 0 ? ['That was all.'] : rest };
}

function isJson(candidate: string): boolean {
  try {
    JSON.parse(candidate);
    return true;
  } catch {
    return false;
  }
}

function useTool(topic: string, text: string, tool: DeclaredTool | undefined): Reply {
  if (tool === undefined) return say(`I have no tool for the ${topic}.`);
  const place = findPlace(text);
  if (place === undefined) return say(`For which place do you want the ${topic}?`);
  return { kind: 'use-tool', tool: tool.name, argumentsJson: JSON.stringify({ [placeField(tool)]: place }) };
}

/** The words after the last "in", "at" or "for", each with a capital: "what time is it in new york?" → New York. */
export function findPlace(text: string): string | undefined {
  const tail = /.*\b(?:in|at|for)\s+(?:the\s+)?([\p{L}][\p{L}\s.'’-]*)/isu.exec(text)?.[1];
  const place = tail?.replace(/\b(right now|now|today|tonight|tomorrow|please)\b.*$/isu, '').replaceAll(/[\s.]+$/g, '');
  if (place === undefined || place === '') return undefined;
  return place.replaceAll(/(^|[\s-])(\p{Ll})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** The argument of a tool that takes the place: `place` or a synonym where its schema has one. */
function placeField(tool: DeclaredTool): string {
  const schema: unknown = JSON.parse(tool.inputSchema.json);
  const properties = isObject(schema) && isObject(schema['properties']) ? schema['properties'] : {};
  return ['place', 'location', 'city'].find((field) => field in properties) ?? 'place';
}

/** Speaks of a tool's result, or of its failure. `json` is JSON text of any shape. */
export function answerToolResult(json: string): readonly string[] {
  const result: unknown = JSON.parse(json);
  const ask = isObject(result) ? text(result['ask']) : undefined;
  if (ask !== undefined) return splitSentences(ask);
  const failure = isObject(result) ? findFailure(result) : undefined;
  if (failure !== undefined) return splitSentences(`I am sorry, that did not work. ${failure}`);
  return splitSentences(describe(result));
}

function findFailure(result: Record<string, unknown>): string | undefined {
  const error = result['error'];
  if (typeof error === 'string') return asSentence(error);
  if (isObject(error)) return asSentence(text(error['message']) ?? text(error['detail']) ?? 'The reason is not known');
  if (result['status'] === 'error' || result['ok'] === false)
    return asSentence(text(result['message']) ?? 'The reason is not known');
  return undefined;
}

function describe(result: unknown): string {
  if (!isObject(result)) return asSentence(Array.isArray(result) ? result.map(String).join(', ') : String(result));
  const prose = ['spoken', 'summary', 'text', 'description']
    .map((key) => text(result[key]))
    .find((found) => found !== undefined);
  if (prose !== undefined) return asSentence(prose);
  const place = text(result['place']);
  const facts = flatten(result)
    .filter(([key]) => key !== 'place')
    .slice(0, 6);
  if (facts.length === 0) return 'The answer is empty.';
  const told = facts.map(([key, value]) => `The ${words(key)} is ${value}.`).join(' ');
  return place === undefined ? told : `In ${place}, t${told.slice(1)}`;
}

function flatten(value: Record<string, unknown>): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]): [string, string][] => {
    if (isObject(inner)) return flatten(inner);
    if (Array.isArray(inner)) return inner.flatMap((one: unknown) => flatten({ [key]: one }));
    if (typeof inner === 'string' || typeof inner === 'number' || typeof inner === 'boolean')
      return [[key, String(inner)]];
    return [];
  });
}

/** `localTime`, `local_time` → local time. */
function words(key: string): string {
  return key
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase();
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function asSentence(value: string): string {
  return /[.!?]$/.test(value) ? value : `${value}.`;
}

/** Longer ones are cut at a space: each sentence is one piece of speech, made before it is sent. */
const MAX_SENTENCE_CHARS = 240;

/** Cuts text where a voice pauses; a decimal point is not such a place. */
export function splitSentences(whole: string): string[] {
  return whole
    .trim()
    .split(/(?<=[.!?]["”']?)\s+/)
    .flatMap((sentence) => wrap(sentence))
    .filter((sentence) => sentence !== '');
}

function wrap(sentence: string): string[] {
  if (sentence.length <= MAX_SENTENCE_CHARS) return [sentence];
  const space = sentence.lastIndexOf(' ', MAX_SENTENCE_CHARS);
  const cut = space <= 0 ? MAX_SENTENCE_CHARS : space;
  return [sentence.slice(0, cut), ...wrap(sentence.slice(cut).trim())];
}
