import type { Wrong } from './mistakes';
import { type Attributes, dig, objects } from './synth';

/** Mistakes in the way that telephone calls come by. */
export const WRONG_PHONE: readonly Wrong[] = [
  [
    'phone-balancer',
    'a load balancer that Twilio cannot reach',
    'service',
    (s) => Object.assign(s.one('aws_lb'), { internal: true }),
  ],
  [
    'phone-balancer',
    'a time-out of idle connections that is as short as the pings are rare',
    'service',
    (s) => Object.assign(s.one('aws_lb'), { idle_timeout: 60 }),
  ],
  [
    'phone-targets',
    'a task whose calls are cut off after a minute',
    'service',
    (s) => Object.assign(s.one('aws_lb_target_group', 'targets'), { deregistration_delay: '60' }),
  ],
  [
    'phone-firewall',
    'a limit by address on the few addresses that all calls come from',
    'foundation',
    (s) => {
      const [limit] = objects(s.one('aws_wafv2_web_acl')['rule']);
      Reflect.deleteProperty(dig(limit, 'statement', 'rate_based_statement') as Attributes, 'scope_down_statement');
    },
  ],
  [
    'phone-signatures',
    'signatures in the log of the firewall',
    'foundation',
    (s) => Reflect.deleteProperty(s.one('aws_wafv2_web_acl_logging_configuration'), 'redacted_fields'),
  ],
];
