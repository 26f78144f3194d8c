import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository';
import type { AwsStack } from '../aws-stack';

/** How many releases are kept to roll back to. */
const KEPT_IMAGES = 30;

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
          rulePriority: 2,
          description: `All but the newest ${KEPT_IMAGES} releases`,
          selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: KEPT_IMAGES },
          action: { type: 'expire' },
        },
      ],
    }),
  });
  return repository;
}
