#!/usr/bin/env node
import { clickstreamy } from './commands';
import { runCommandLine } from './core/command-line';

// The AWS SDK's notice about Node 20 is for whoever chooses the SDK's version, not for those who run this.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

runCommandLine('clickstreamy', () => clickstreamy);
