import { type IAspect, TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';
import { deregistrationSeconds, MEDIA_PORT, namesOf } from './names';
import { violations } from './rules';
import type { RuleContext, TerraformDocument } from './rules/document';
import type { Settings } from './settings';

/** A resource that can be tagged; those that cannot have no such property. */
interface Taggable {
  tagsInput?: Record<string, string>;
  tags: Record<string, string>;
}
const isTaggable = (node: IConstruct): node is IConstruct & Taggable => 'tagsInput' in node && 'tags' in node;

/**
 * Tags every resource with the construct it comes from, so that a bill or an alarm leads back to a file. The
 * environment's common tags are the provider's default tags; ECS hands both on to its tasks.
 */
export class TagEverything implements IAspect {
  constructor(private readonly stack: string) {}

  visit(node: IConstruct): void {
    if (!isTaggable(node)) return;
    const path = node.node.path.split('/').slice(1).join('/');
    node.tags = { ...node.tagsInput, Construct: `${this.stack}/${path}` };
  }
}

/** Refuses to synthesise a stack that breaks a rule. Checks the emitted Terraform, after all other aspects. */
export class Guardrails implements IAspect {
  private readonly context: RuleContext;

  constructor(settings: Settings) {
    this.context = {
      protected: settings.protected,
      allowPlainHttp: settings.loadBalancer.allowPlainHttp,
      publicTasks: settings.network.kind === 'default',
      mediaPort: settings.transport === 'webrtc' ? MEDIA_PORT : undefined,
      records: settings.records.keep
        ? { bucket: namesOf(settings).recordsBucket, retentionDays: settings.records.retentionDays }
        : undefined,
      phone: settings.phone && { deregistrationSeconds: deregistrationSeconds(settings) },
    };
  }

  visit(node: IConstruct): void {
    if (!TerraformStack.isStack(node)) return;
    node.node.addValidation({
      validate: () => violations(node.toTerraform() as TerraformDocument, this.context),
    });
  }
}
