import type { WaitingChoice } from '../../contract/waiting';
import type { TypedTextLimits } from '../rtvi';
import type { SessionOptions, SpeechModel } from '../sonic';
import type { Telemetry } from '../telemetry';
import type { Clock, Ticker } from '../time';
import type { ToolRunner } from '../tools';
import type { Admission } from './admission';
import type { CallCeilings } from './call-budget';
import type { NoticeAudio } from './notices';
import type { TokenPrices } from './token-cost';

/** What a call needs of the process; shared by all calls, owned by none. */
export interface CallDeps {
  readonly clock: Clock;
  /** Beats every 20 ms. */
  readonly ticker: Ticker;
  readonly model: SpeechModel;
  readonly modelId: string;
  /** The parts of a model session that are the same for every call. */
  readonly session: Omit<SessionOptions, 'callId' | 'tools'>;
  readonly tools: ToolRunner;
  readonly notices: NoticeAudio;
  /** For those who wait for a tool, 24 kHz mono; repeated. */
  readonly waitingSound: Int16Array;
  readonly telemetry: Telemetry;
  /** What the model's tokens cost; undefined where that is not known. */
  readonly prices: TokenPrices | undefined;
  /** What else must agree before a call is taken. */
  readonly admission: Admission;
  readonly settings: {
    readonly maxCalls: number;
    readonly maxCallMs: number;
    readonly userAbsentMs: number;
    readonly ceilings: CallCeilings;
    readonly typedText: TypedTextLimits;
    readonly greetingPrompt: string;
    readonly toolCallsPerTurn: number;
    /** What a caller hears who waits for a tool in silence. */
    readonly waiting: WaitingChoice;
    /** Whether the caller's voice lowers the bot's before the model confirms a barge-in. */
    readonly isDucking: boolean;
  };
}
