import type { DataChannel } from 'node-datachannel';
import type { Logger } from 'pino';
import type { Chat } from './chat';
import { MAX_BUFFERED_BYTES } from './data-channel';

interface ChatChannelOptions {
  readonly logger: Logger;
  readonly chat: Pick<Chat, 'take'>;
  readonly onOpen: () => void;
  readonly onClosed: () => void;
  /** Makes a callback for native threads. */
  readonly guarded: <Args extends unknown[]>(callback: (...args: Args) => void) => (...args: Args) => void;
}

/** Pipecat's clients call theirs so; its server takes any. */
const USUAL_LABEL = 'chat';

/** The data channel that carries the messages: the client's first, or the one with the usual label if that comes later. */
export class ChatChannel {
  readonly #options: ChatChannelOptions;
  #channel: DataChannel | undefined;
  #label: string | undefined;
  #opened = false;
  /** Being closed; kept until they are, since what is collected as garbage calls nobody back. */
  readonly #refused = new Set<DataChannel>();

  constructor(options: ChatChannelOptions) {
    this.#options = options;
  }

  /** A channel that the client made. */
  offer(channel: DataChannel): void {
    const label = channel.getLabel();
    if (this.#channel !== undefined && (this.#label === USUAL_LABEL || label !== USUAL_LABEL)) {
      this.#refuse(channel);
      return;
    }
    const former = this.#channel;
    this.#channel = channel;
    this.#label = label;
    const { guarded, chat, onClosed, logger } = this.#options;
    const own = <Args extends unknown[]>(callback: (...args: Args) => void): ((...args: Args) => void) =>
      guarded((...args: Args) => {
        if (channel === this.#channel) callback(...args);
      });
    channel.onOpen(own(() => this.#open()));
    channel.onClosed(own(onClosed));
    channel.onError(own(() => logger.debug('Data channel error')));
    channel.onMessage(
      own((data: string | Buffer | ArrayBuffer) => {
        this.#open();
        chat.take(data);
      }),
    );
    if (former !== undefined) this.#refuse(former);
    if (channel.isOpen()) this.#open();
  }

  /** False when the frame could not be sent. Never throws. */
  send(frame: string): boolean {
    const channel = this.#channel;
    if (channel === undefined) return false;
    try {
      if (!channel.isOpen() || channel.bufferedAmount() > MAX_BUFFERED_BYTES) return false;
      // Its result says only whether the frame went out at once or was buffered.
      channel.sendMessage(frame);
      return true;
    } catch {
      return false;
    }
  }

  /** @throws Error when the other side closed it already */
  close(): void {
    this.#channel?.close();
  }

  #open(): void {
    if (this.#opened) return;
    this.#opened = true;
    this.#options.onOpen();
  }

  #refuse(channel: DataChannel): void {
    this.#options.logger.debug('A further data channel was refused');
    channel.onClosed(() => this.#refused.delete(channel));
    this.#refused.add(channel);
    channel.close();
  }
}
