import type { Settings } from '../settings';

/** A network to be made, as the settings describe it. */
export type NewNetwork = Extract<Settings['network'], { kind: 'new' }>;

/** Where the load balancer and the tasks live. */
export interface Network {
  readonly vpcId: string;
  readonly publicSubnetIds: string[];
  readonly taskSubnetIds: string[];
  /** Only in the default VPC, which has no other way out. */
  readonly assignPublicIp: boolean;
}
