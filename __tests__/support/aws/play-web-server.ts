/** Does for moto's instance what its user data does on EC2: reports that the site is ready. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSystemsManager } from '../../../scripts/deploy/systems-manager';
import { until } from '../until';
import type { Deployment, Ran } from './deployment';

/** Terraform takes minutes. */
const DEPLOY_MS = 600_000;

/** Once the deploy has written its outputs, from where on it waits. @returns how the deploy ended. */
export async function playWebServer({ folder }: Deployment, deploy: Promise<Ran>): Promise<Ran> {
  const outputs = join(folder, 'outputs.json');
  // Half of the outputs may be written.
  const written = () => existsSync(outputs) && readFileSync(outputs, 'utf8').endsWith('}\n');
  let ended = false;
  const end = () => {
    ended = true;
  };
  deploy.then(end, end);
  await until(() => written() || ended, { what: 'the deploy writes its outputs', deadlineMs: DEPLOY_MS });
  if (written()) {
    const { region, ssmUrl, parameter, instanceId } = JSON.parse(readFileSync(outputs, 'utf8')).website.websiteStatus;
    const ssm = createSystemsManager({ url: new URL(ssmUrl), region });
    await ssm('PutParameter', { Name: parameter, Value: `${instanceId}: ready`, Overwrite: true });
  }
  return deploy;
}
