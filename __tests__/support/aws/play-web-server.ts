/** Does for moto's instance what its user data does on EC2: reports that the site is ready. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemsManager } from '../../../scripts/deploy/systems-manager';
import type { Deployment, Ran } from './deployment';

/** Acts once the deploy has written its outputs and waits. @returns how the deploy ended. */
export async function playWebServer({ folder }: Deployment, deploy: Promise<Ran>): Promise<Ran> {
  const outputs = join(folder, 'outputs.json');
  // Half of the outputs may be written.
  const written = () => existsSync(outputs) && readFileSync(outputs, 'utf8').endsWith('}\n');
  let ended = false;
  const end = () => {
    ended = true;
  };
  deploy.then(end, end);
  while (!written() && !ended) await sleep(200);
  if (written()) {
    const { region, ssmUrl, parameter, instanceId } = JSON.parse(readFileSync(outputs, 'utf8')).website.websiteStatus;
    const ssm = createSystemsManager({ url: new URL(ssmUrl), region });
    await ssm('PutParameter', { Name: parameter, Value: `${instanceId}: ready`, Overwrite: true });
  }
  return deploy;
}
