import type { InputEvent } from '../../../../../testbed/fakes/bedrock/input';
import { DOCUMENTED, type Behaviours } from '../../../../../testbed/fakes/bedrock/behaviours';
import { EventRules, type RuleResult } from '../../../../../testbed/fakes/bedrock/rules';
import {
  audioContentStart,
  promptStart,
  TIME_TOOL,
  toolContentStart,
} from '../../../../../testbed/clients/bedrock/sonic-client';

export const P = 'prompt-1';
export const inference = { inferenceConfiguration: { maxTokens: 1024, topP: 0.9, temperature: 0.7 } };
export const event = (name: string, body: unknown): InputEvent => ({ name, body });
export const sessionStart = event('sessionStart', inference);
export const withoutTools = event('promptStart', promptStart(P));
export const withTools = event('promptStart', promptStart(P, [TIME_TOOL]));
export const audioOpen = event('contentStart', audioContentStart(P, 'audio'));
export const audio = (content: unknown): InputEvent =>
  event('audioInput', { promptName: P, contentName: 'audio', content });
export const end = (contentName: string): InputEvent => event('contentEnd', { promptName: P, contentName });
export const promptEnd = event('promptEnd', { promptName: P });
export const sessionEnd = event('sessionEnd', {});
export const FRAME = Buffer.alloc(1024).toString('base64');

export function textStart(role: string, contentName: string, interactive = false): InputEvent {
  const textInputConfiguration = { mediaType: 'text/plain' };
  return event('contentStart', { promptName: P, contentName, type: 'TEXT', interactive, role, textInputConfiguration });
}

export function textInput(contentName: string, content: string): InputEvent {
  return event('textInput', { promptName: P, contentName, content });
}

export function text(role: string, contentName: string, content = 'words', interactive = false): InputEvent[] {
  return [textStart(role, contentName, interactive), textInput(contentName, content), end(contentName)];
}

export function toolResult(toolUseId: string, contentName: string, content = '{"ok":true}'): InputEvent[] {
  const ids = { promptName: P, contentName };
  return [
    event('contentStart', toolContentStart(ids, toolUseId)),
    event('toolResult', { ...ids, content }),
    end(contentName),
  ];
}

export const system = text('SYSTEM', 'system');
export const opening = [sessionStart, withTools, ...system];
export const open = [...opening, audioOpen];

export function run(
  events: readonly InputEvent[],
  toolUseIds: readonly string[] = [],
  behaviours: Behaviours = DOCUMENTED,
): RuleResult[] {
  const rules = new EventRules(behaviours);
  for (const id of toolUseIds) rules.expectToolResult(id);
  return events.map((next) => rules.check(next));
}

/** The message of the last event, all others having been accepted. */
export function refusal(
  events: readonly InputEvent[],
  toolUseIds: readonly string[] = [],
  behaviours: Behaviours = DOCUMENTED,
): string {
  const results = run(events, toolUseIds, behaviours);
  const [last] = results.splice(-1);
  expect(results.filter((result) => !result.ok)).toEqual([]);
  return last?.ok === false ? last.violation.message : 'accepted';
}
