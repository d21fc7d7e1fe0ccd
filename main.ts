/** What `cdktf synth` runs: settings in, Terraform out. scripts/synth.mjs builds it and the function's bundle before. */
import { loadSettings } from './config/load-settings';
import { asksForAddress, findSourceAddress } from './config/source-address';
import { reportFailure } from './core/command-line';
import { builtFile } from './core/package-root';
import { renderUserData } from './site/user-data';
import { addStacks } from './stacks/all-stacks';
import { App } from './stacks/cdktf';
import { packLambda } from './stacks/lambda-package';
import { synth } from './stacks/rules';

async function main(): Promise<void> {
  const settings = loadSettings(process.env);
  const { region, stream } = settings;
  const kind = stream.source.kind === 'direct' ? 'firehose' : 'kinesis';
  const app = new App();
  addStacks(app, settings, {
    code: packLambda(builtFile('lambda', 'index.js')),
    userData: renderUserData({ region, kind, stream: stream.name }),
    ownAddress: asksForAddress(settings) ? await findSourceAddress() : '',
  });
  synth(app);
}

main().catch(reportFailure);
