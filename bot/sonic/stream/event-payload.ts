import type {
  AwsCredentialIdentityProvider,
  EventStreamPayloadHandler,
  FinalizeHandler,
  FinalizeHandlerArguments,
  FinalizeHandlerOutput,
  HttpRequest,
  MetadataBearer,
} from '@smithy/types';
import { EventSigner } from './event-signer';
import { InputQueue } from './input-queue';

interface EventPayloadOptions {
  readonly credentials: AwsCredentialIdentityProvider;
  /** By how much the SDK corrects the machine's clock. */
  readonly clockOffsetMs: () => number;
}

/**
 * The SDK's hook for the body of event streams, which comes after it has signed the request. Its own makes some twenty
 * promises and a hundred objects of each event (docs/performance.md); this one has the queue signed and written as it fills.
 */
export class EventPayload implements EventStreamPayloadHandler {
  readonly #options: EventPayloadOptions;

  constructor(options: EventPayloadOptions) {
    this.#options = options;
  }

  async handle<Input extends object, Output extends MetadataBearer>(
    next: FinalizeHandler<Input, Output>,
    args: FinalizeHandlerArguments<Input>,
  ): Promise<FinalizeHandlerOutput<Output>> {
    const queue = 'body' in args.input ? args.input.body : undefined;
    if (!(queue instanceof InputQueue)) throw new Error('the body of a stream must be an InputQueue');
    const request = args.request as HttpRequest;
    const { secretAccessKey } = await this.#options.credentials();
    const authorization = request.headers['authorization'] ?? '';
    const signer = new EventSigner(
      { authorization, secretAccessKey },
      () => Date.now() + this.#options.clockOffsetMs(),
    );
    queue.signWith(signer);
    request.body = queue;
    return next(args);
  }
}
