import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository';
import type { AwsStack } from '../aws-stack';
import { RELEASED_TAG_PREFIX } from '../names';

/** How many releases are kept to roll back to, and how many images that were pushed and not released. */
const KEPT_RELEASES = 30;
const KEPT_PUSHES = 30;

/** The environment's image registry: tags are immutable, and every image is scanned. */
export function imageRepository(stack: AwsStack, keyArn: string): EcrRepository {
  const { protected: isProtected } = stack.settings;
  const repository = new EcrRepository(stack, 'repository', {
    name: stack.names.repository,
    imageTagMutability: 'IMMUTABLE',
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfiguration: [{ encryptionType: 'KMS', kmsKey: keyArn }],
    forceDelete: !isProtected,
    ...(isProtected ? { lifecycle: { preventDestroy: true } } : {}),
  });
  new EcrLifecyclePolicy(stack, 'repository-lifecycle', {
    repository: repository.name,
    policy: JSON.stringify({
      rules: [
        {
          rulePriority: 1,
          description: 'Layers of interrupted pushes',
          selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 7 },
          action: { type: 'expire' },
        },
        {
          // An image that a rule's tags match is never expired by a rule behind it (ECR's guide, lifecycle policies).
          rulePriority: 2,
          description: `All but the newest ${KEPT_RELEASES} releases`,
          selection: {
            tagStatus: 'tagged',
            tagPrefixList: [RELEASED_TAG_PREFIX],
            countType: 'imageCountMoreThan',
            countNumber: KEPT_RELEASES,
          },
          action: { type: 'expire' },
        },
        {
          rulePriority: 3,
          description: `All but the newest ${KEPT_PUSHES} images that were never released`,
          selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: KEPT_PUSHES },
          action: { type: 'expire' },
        },
      ],
    }),
  });
  return repository;
}
