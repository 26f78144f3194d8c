import { join } from 'node:path';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { App } from 'cdktf';
import { buildStacks } from '../../../stacks/build';
import { readSettings } from '../../../stacks/settings-file';

/* Our stacks as somebody might extend them who is in a hurry: SSH open to everybody. */
const app = new App();
const [settings] = readSettings(join(__dirname, 'environments'), {}, 'test');
if (settings) {
  const { foundation } = buildStacks(app, settings, []);
  const group = new SecurityGroup(foundation, 'careless', { description: 'x', vpcId: foundation.network.vpcId });
  new VpcSecurityGroupIngressRule(foundation, 'careless-rule', {
    securityGroupId: group.id,
    description: 'SSH for everybody',
    ipProtocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    cidrIpv4: '0.0.0.0/0',
  });
}
app.synth();
