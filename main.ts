/** What `cdktf synth` runs: settings in, Terraform out. scripts/synth.mjs bundles this and the function first. */
import { readFileSync } from 'node:fs';
import { loadSettings } from './config/load-settings';
import type { Settings } from './config/settings';
import { asksForAddress, findSourceAddress } from './config/source-address';
import { reportFailure } from './core/command-line';
import { builtFile } from './core/package-root';
import type { AgentTarget } from './site/agent-config';
import { renderUserData } from './site/user-data';
import { addStacks } from './stacks/all-stacks';
import { App } from './stacks/cdktf';
import { packLambda } from './stacks/lambda-package';
import { synth } from './stacks/rules';

async function main(): Promise<void> {
  const settings = loadSettings(process.env);
  const { website } = settings;
  const statusParameter = `/${settings.name}/website/status`;
  const app = new App();
  addStacks(app, settings, {
    code: packLambda(builtFile('lambda', 'index.js')),
    userData: renderUserData({
      agent: toTarget(settings),
      statusParameter,
      tokenParameter: website.tokenParameter,
      demoErrors: website.demoErrors,
      behindBalancer: website.loadBalancer !== undefined,
    }),
    statusParameter,
    loadTask: readFileSync(builtFile('load', 'task.js'), 'utf8'),
    ownAddress: asksForAddress(settings) ? await findSourceAddress() : '',
  });
  synth(app);
}

/** Where the agent sends its records. Firehose accepts none from producers if a data stream is its source. */
function toTarget({ region, stream: { name, source } }: Settings): AgentTarget {
  if (source.kind === 'direct') return { region, kind: 'firehose', stream: name };
  return { region, kind: 'kinesis', stream: source.streamArn?.split('/')[1] ?? name };
}

main().catch(reportFailure);
