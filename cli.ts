#!/usr/bin/env node
import { clickstreamy } from './commands';
import { runCommandLine } from './core/command-line';

// The AWS SDK warns about Node 20. Only the maintainers of this package can act on that, so its users do not see it.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

runCommandLine('clickstreamy', () => clickstreamy);
