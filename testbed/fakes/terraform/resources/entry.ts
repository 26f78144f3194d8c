import type { Value } from '../values';
import type { Answer, AwsApi, Service } from './api';
import type { Attributes } from './attributes';
import type { Body } from './body';

/** One call of a resource's API. */
export interface ApiCall {
  /** Such as `CreateVpc`; of REST services method and path. */
  readonly action: string | ((of: Attributes) => string);
  /** What the request says; undefined where there is nothing to ask for, and the call is left out. */
  readonly body: (of: Attributes, api: AwsApi) => Body;
  /** Where it is of another service than the resource's. */
  readonly service?: Service;
}

/** Attributes that an answer tells. */
export type Told = Readonly<Record<string, Value | undefined>>;

/** How a resource of Terraform's is made, read, changed and destroyed. */
export interface ResourceEntry {
  readonly service: Service;
  /** The first makes it and tells what it is called; the others come after it, once. */
  readonly create: readonly ApiCall[];
  /** What AWS decides. */
  readonly made?: (answer: Answer, of: Attributes, api: AwsApi) => Told;
  /** Follow `create`, and are made again when attributes change. */
  readonly settings?: readonly ApiCall[];
  /** Asks about it. */
  readonly read: ApiCall;
  /** What the answer says of it; undefined where it is gone. Attributes that it does not name are as they were left. */
  readonly found: (answer: Answer, of: Attributes, api: AwsApi) => Told | undefined;
  /** Instead of `create` where attributes change; `settings` follow. */
  readonly update?: readonly ApiCall[];
  /** Calls before it is removed, for what it holds. */
  readonly empty?: (of: Attributes, api: AwsApi) => Promise<readonly ApiCall[]>;
  /** None: it goes with what it belongs to. */
  readonly destroy?: readonly ApiCall[];
  /** Who answers where it is not the emulator alone: a stand-in of ours, or nobody, because there is nothing to make. */
  readonly by?: 'stand-in' | 'nobody';
}

export const call = (action: ApiCall['action'], body: ApiCall['body'] = () => ({}), service?: Service): ApiCall => ({
  action,
  body,
  ...(service && { service }),
});

/** It is there, and nothing more is looked at. */
export const there = (): Told => ({});
