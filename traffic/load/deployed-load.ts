import { z } from 'zod';
import { readDeployed } from '../../core/deploy-outputs';

const text = z.string('must be text').min(1, 'must not be empty');

/** The output `load` of the load stack: everything that a run needs to know. */
const DeployedLoad = z.object(
  {
    region: text,
    /** Endpoint of ECS. */
    ecsUrl: z.url(),
    /** The bucket, path-style, without a trailing slash. */
    bucketUrl: z.url(),
    cluster: text,
    taskDefinition: text,
    subnetIds: z.array(text).min(1),
    securityGroupId: text,
    tasks: z.coerce.number().int().min(1).max(999),
    site: text,
  },
  'must be the output of the load stack',
);
export type DeployedLoad = z.output<typeof DeployedLoad>;

/** @throws ToolkitError OUTPUTS_UNUSABLE */
export function readDeployedLoad(file: string): DeployedLoad {
  return readDeployed(file, 'load', DeployedLoad, 'set `load.enabled` and deploy first: docs/load.md');
}
