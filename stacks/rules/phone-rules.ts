import { TWILIO_SIGNATURE_HEADER } from '../../contract/http';
import { at, type Attributes, blocks, each, type Json, type Rule, text } from './document';

/** Shortest time-out of idle connections that a call's pings, every 20 s, outlast several times. */
const IDLE_SECONDS = 120;

const statements = ({ attributes }: { attributes: Attributes }): Attributes[] =>
  blocks(attributes['rule']).flatMap(({ statement }) => blocks(statement));

/** Whether a statement leaves some requests alone. */
const isScoped = (statement: Json): boolean =>
  statement === undefined || blocks(statement).every((one) => one['scope_down_statement'] !== undefined);

/** What telephone calls need of the way that they come by; nothing is asked where there are none. */
export const PHONE_RULES: readonly Rule[] = [
  each('phone-balancer', 'a call is one WebSocket through it', ['aws_lb'], ({ attributes }, { phone }) => {
    if (phone === undefined) return undefined;
    if (attributes['internal'] === true) return 'cannot be reached by who carries telephone calls';
    return Number(attributes['idle_timeout'] ?? 60) >= IDLE_SECONDS ? undefined : 'ends quiet telephone calls';
  }),
  each('phone-targets', 'a call outlasts a release', ['aws_lb_target_group'], ({ attributes }, { phone }) =>
    phone === undefined || Number(attributes['deregistration_delay'] ?? 300) >= phone.deregistrationSeconds
      ? undefined
      : 'cuts telephone calls off when their task goes',
  ),
  each('phone-firewall', 'all calls come from a few addresses', ['aws_wafv2_web_acl'], (acl, { phone }) =>
    phone === undefined || statements(acl).every((one) => isScoped(one['rate_based_statement']))
      ? undefined
      : 'limits telephone calls by their address',
  ),
  each(
    'phone-signatures',
    'who reads a log can repeat no request',
    ['aws_wafv2_web_acl_logging_configuration'],
    ({ attributes }, { phone }) =>
      phone === undefined ||
      blocks(attributes['redacted_fields']).some(
        (field) => text(at(field, 'single_header', 'name')) === TWILIO_SIGNATURE_HEADER,
      )
        ? undefined
        : "logs the signatures of telephone calls' requests beside their tokens",
  ),
];
