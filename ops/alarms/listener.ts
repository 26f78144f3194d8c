import { ListSubscriptionsByTopicCommand, SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { arnsOf, namesOf } from '../../stacks/names';
import type { Settings } from '../../stacks/settings';
import type { Aws } from '../aws/aws';

/** What CloudWatch publishes when an alarm changes its state (CloudWatch guide, "Notify users on alarm changes"). */
const changeSchema = z.looseObject({ AlarmName: z.string(), NewStateValue: z.string(), NewStateReason: z.string() });
export type AlarmChange = z.infer<typeof changeSchema>;

/** Somebody who is told by mail, and whether he has confirmed that he wants to be. */
export interface Subscriber {
  readonly address: string;
  readonly isConfirmed: boolean;
}

/**
 * Hears what is said on the alarm topic, as its subscribers do: by a queue of its own that is subscribed for as long as it
 * listens. Its name is fixed, so that one that a killed run left behind is found and taken away by the next.
 */
export class TopicListener {
  readonly #sns: SNSClient;
  readonly #sqs: SQSClient;
  readonly #name: string;
  readonly #topic: string;
  readonly #queue: string;
  #url: string | undefined;
  #subscription: string | undefined;

  constructor(
    private readonly aws: Aws,
    settings: Settings,
  ) {
    const arns = arnsOf(settings);
    this.#sns = aws.client(SNSClient);
    this.#sqs = aws.client(SQSClient);
    this.#name = `${namesOf(settings).base}-alarms-test`;
    this.#topic = arns.topic;
    this.#queue = arns.regional('sqs', this.#name);
  }

  /** @throws OpsError */
  async open(): Promise<void> {
    const policy = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: this.#queue,
        Condition: { ArnEquals: { 'aws:SourceArn': this.#topic } },
      },
    };
    const create = new CreateQueueCommand({
      QueueName: this.#name,
      Attributes: { Policy: JSON.stringify(policy), MessageRetentionPeriod: '600', SqsManagedSseEnabled: 'true' },
    });
    const made = await this.aws.write(this.#asked('sqs:CreateQueue'), () => this.#sqs.send(create));
    this.#url = made.QueueUrl;
    const subscribe = new SubscribeCommand({
      TopicArn: this.#topic,
      Protocol: 'sqs',
      Endpoint: this.#queue,
      Attributes: { RawMessageDelivery: 'true' },
      ReturnSubscriptionArn: true,
    });
    const done = await this.aws.write(this.#asked('sns:Subscribe'), () => this.#sns.send(subscribe));
    this.#subscription = done.SubscriptionArn;
  }

  /** What has been said since it was asked last; waits for it. @throws OpsError; Interrupted */
  async hear(withinSeconds: number): Promise<AlarmChange[]> {
    const { Messages: messages = [] } = await this.aws.read(this.#asked('sqs:ReceiveMessage'), (options) =>
      this.#sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.#url, MaxNumberOfMessages: 10, WaitTimeSeconds: withinSeconds }),
        options,
      ),
    );
    if (messages.length === 0) return [];
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await this.aws.write(this.#asked('sqs:DeleteMessage'), () =>
      this.#sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.#url, Entries })),
    );
    return messages.flatMap(({ Body = '' }) => {
      const change = changeSchema.safeParse(parse(Body));
      return change.success ? [change.data] : [];
    });
  }

  /** Who is told by mail. @throws OpsError */
  async subscribers(): Promise<Subscriber[]> {
    const { Subscriptions: all = [] } = await this.aws.read(this.#asked('sns:ListSubscriptionsByTopic'), (options) =>
      this.#sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: this.#topic }), options),
    );
    return all
      .filter(({ Protocol: protocol }) => protocol === 'email')
      .map(({ Endpoint: address = '', SubscriptionArn: arn }) => ({
        address,
        isConfirmed: arn?.startsWith('arn:') === true,
      }));
  }

  /** Takes queue and subscription away, even those of a run that was killed. Idempotent. @throws OpsError */
  async close(): Promise<void> {
    const arn = this.#subscription;
    if (arn !== undefined) {
      const command = new UnsubscribeCommand({ SubscriptionArn: arn });
      await this.aws.write(this.#asked('sns:Unsubscribe'), () => this.#sns.send(command));
    }
    const url = this.#url ?? (await this.#left());
    if (url !== undefined) {
      const command = new DeleteQueueCommand({ QueueUrl: url });
      await this.aws.write(this.#asked('sqs:DeleteQueue'), () => this.#sqs.send(command));
    }
    [this.#url, this.#subscription] = [undefined, undefined];
  }

  async #left(): Promise<string | undefined> {
    const absent = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];
    const command = new GetQueueUrlCommand({ QueueName: this.#name });
    const found = await this.aws.find(this.#asked('sqs:GetQueueUrl'), absent, (options) =>
      this.#sqs.send(command, options),
    );
    return found?.QueueUrl;
  }

  #asked(action: string) {
    const isTopic = action.startsWith('sns:');
    return {
      action,
      resource: isTopic ? this.#topic : this.#queue,
      what: isTopic ? 'the alarm topic' : 'the test queue',
    };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
