import type { WaitingChoice } from '../../contract/waiting';
import type { Agents } from '../agents';
import type { CallRecords } from '../records';
import type { TypedTextLimits } from '../rtvi';
import type { SpeechModel } from '../sonic';
import type { Telemetry } from '../telemetry';
import type { Clock, Ticker } from '../time';
import type { Admission } from './admission';
import type { CallCeilings } from './call-budget';
import type { Overload } from './overload';
import type { TokenPrices } from './token-cost';

/** What a call needs of the process; shared by all calls, owned by none. */
export interface CallDeps {
  readonly clock: Clock;
  /** Beats every 20 ms. */
  readonly ticker: Ticker;
  readonly model: SpeechModel;
  readonly modelId: string;
  /** Who answers, and whom calls are handed to. */
  readonly agents: Pick<Agents, 'names' | 'prepare' | 'handedTo'>;
  /** For those who wait for a tool, 24 kHz mono; repeated. */
  readonly waitingSound: Int16Array;
  readonly telemetry: Telemetry;
  /** What the model's tokens cost; undefined where that is not known. */
  readonly prices: TokenPrices | undefined;
  /** Undefined where nothing is kept of calls. */
  readonly records?: Pick<CallRecords, 'call'> | undefined;
  /** What else must agree before a call is taken. */
  readonly admission: Admission;
  /** Where it is not judged whether calls come late, only their number is limited. */
  readonly overload?: Overload | undefined;
  readonly settings: {
    readonly maxCalls: number;
    /** Where people are, by the names that agents give them. */
    readonly destinations: ReadonlyMap<string, string>;
    /** Whether clients are told what tools are asked and answer. */
    readonly showsToolCalls: boolean;
    readonly ceilings: CallCeilings;
    readonly typedText: TypedTextLimits;
    /** What a caller hears who waits for a tool in silence. */
    readonly waiting: WaitingChoice;
    /** Whether the caller's voice lowers the bot's before the model confirms a barge-in. */
    readonly isDucking: boolean;
  };
}
