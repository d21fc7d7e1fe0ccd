/** `clickstreamy kibana`: prepares a search engine, imports its dashboards, and exports changes to them. */
import type { Command } from '../core/command/command';

export const kibanaCommand: Command = {
  about: 'Dashboards for Kibana and OpenSearch Dashboards, and the index template of the search engine behind them.',
  examples: [
    ['setup --url http://127.0.0.1:9200', 'The index template, before the first event'],
    ['import --url http://127.0.0.1:5601', 'Two dashboards'],
    ['export --url http://127.0.0.1:5601 --out dashboards', 'The dashboards as they are now'],
  ],
  commands: {
    setup: {
      summary: 'Prepare a search engine for click events, before the first one',
      load: () => (require('./setup') as typeof import('./setup')).setupCommand,
    },
    import: {
      summary: 'Import the dashboards into Kibana or OpenSearch Dashboards',
      load: () => (require('./import-command') as typeof import('./import-command')).importCommand,
    },
    export: {
      summary: 'Save the dashboards as files, with everybody’s changes',
      load: () => (require('./export-command') as typeof import('./export-command')).exportCommand,
    },
  },
};
