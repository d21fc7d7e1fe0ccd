#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { runCommandLine } from './core/command-line';
import { etlCommand } from './etl/command';
import { kibanaCommand } from './kibana/command';
import { localCommand } from './local/command';
import { verifyCommand } from './verify/command';

// The AWS SDK's notice about Node 20 is for who chooses the SDK's version, not for who runs this.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

runCommandLine(
  yargs(hideBin(process.argv))
    .scriptName('clickstreamy')
    .usage('$0 <command>\n\nFrom a web server’s access log to a dashboard.')
    .command(localCommand)
    .command(etlCommand)
    .command(verifyCommand)
    .command(kibanaCommand)
    .demandCommand(1, 'Say which command.')
    .epilogue('`traffic --help` drives a site with visitors.'),
);
