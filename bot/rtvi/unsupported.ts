const HEARS_THE_TRACK = "the bot hears the caller by the call's audio track";
const SEES_NO_PAGE = 'the bot sees and moves nothing on the page';

/** Types that Pipecat's clients and servers know and that mean nothing here, and why. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['raw-audio', HEARS_THE_TRACK],
  ['raw-audio-batch', HEARS_THE_TRACK],
  ['send-file', 'the bot takes speech and text'],
  ['ui-event', SEES_NO_PAGE],
  ['ui-snapshot', SEES_NO_PAGE],
  ['ui-cancel-job-group', SEES_NO_PAGE],
  ['llm-function-call-result', 'tools run where the bot does'],
]);

/** What a client is told that sent a type this bot does not take. */
export function unsupported(type: string): string {
  const reason = REASONS.get(type);
  return reason === undefined ? `Unsupported type ${type}` : `Unsupported type ${type}: ${reason}`;
}
