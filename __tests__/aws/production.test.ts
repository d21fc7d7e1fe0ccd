/**
 * The production preset as a pipeline deploys it: state in S3 with its lock, the deploy script, protection against a destroy. The real
 * Terraform and the real AWS provider; moto answers for AWS, and a proxy mends it where it must.
 */
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { needs } from '../needs';
import { Deployment, MINUTES, succeeded } from './deployment';
import { inventory } from './inventory';
import { deployPrograms } from './programs';

const STATE = 'states-of-the-test';
const SETTINGS = {
  CLICKSTREAMY_CONFIG: 'config/production.json',
  CLICKSTREAMY_STATE_KIND: 's3',
  CLICKSTREAMY_STATE_BUCKET: STATE,
};

needs('Terraform with moto_server', deployPrograms)('the production preset, deployed by a pipeline', () => {
  let deployment: Deployment;
  let before: readonly string[];

  beforeAll(async () => {
    deployment = await Deployment.start(SETTINGS);
    await deployment.aws.buckets.send(new CreateBucketCommand({ Bucket: STATE }));
    before = await inventory(deployment.aws);
  }, 2 * MINUTES);
  afterAll(async () => {
    await deployment?.end();
  }, MINUTES);

  it(
    'deploys all stacks, its state in S3',
    async () => {
      await succeeded(deployment.deployScript('deploy'));
    },
    15 * MINUTES,
  );

  it(
    'has nothing left to change: a second plan is empty',
    async () => {
      expect(await deployment.plans()).toEqual({ search: 'unchanged', delivery: 'unchanged', website: 'unchanged' });
    },
    5 * MINUTES,
  );

  it(
    'destroys once it is not protected any more, and leaves nothing',
    async () => {
      const unprotected = { CLICKSTREAMY_PROTECT: 'false' };

      await succeeded(deployment.deployScript('deploy', unprotected));
      await succeeded(deployment.deployScript('destroy', unprotected));

      expect(await inventory(deployment.aws)).toEqual(before);
    },
    15 * MINUTES,
  );
});
