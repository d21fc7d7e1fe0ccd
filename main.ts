/** What `cdktf synth` runs: settings in, Terraform out. scripts/synth.mjs builds it and the function's bundle before. */

import { loadSettings } from './config/load-settings';
import { asksForAddress, findSourceAddress } from './config/source-address';
import { ToolkitError, UsageError } from './core/errors';
import { builtFile } from './core/package-root';
import { renderUserData } from './site/user-data';
import { addStacks } from './stacks/all-stacks';
import { App } from './stacks/cdktf';
import { packLambda } from './stacks/lambda-package';

async function main(): Promise<void> {
  const settings = loadSettings(process.env);
  const { region, stream } = settings;
  const app = new App();
  addStacks(app, settings, {
    code: packLambda(builtFile('lambda', 'index.js')),
    userData: renderUserData({
      region,
      kind: stream.source.kind === 'direct' ? 'firehose' : 'kinesis',
      stream: stream.name,
    }),
    ownAddress: asksForAddress(settings) ? await findSourceAddress() : '',
  });
  app.synth();
}

main().catch((error: unknown) => {
  process.stderr.write(
    `error: ${error instanceof ToolkitError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
