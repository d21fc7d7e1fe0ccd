/** `clickstreamy kibana`: what makes a search engine and its dashboards ready, and brings changes back. */
import type { CommandModule } from 'yargs';
import { exportCommand } from './export-command';
import { importCommand } from './import-command';
import { setupCommand } from './setup';

export const kibanaCommand: CommandModule = {
  command: 'kibana',
  describe: 'Dashboards for Kibana and OpenSearch Dashboards',
  builder: (yargs) =>
    yargs
      .command(setupCommand)
      .command(importCommand)
      .command(exportCommand)
      .demandCommand(1, 'Say which command of kibana.'),
  handler: () => {},
};
