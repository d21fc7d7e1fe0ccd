import type { Command } from './core/command/command';

/** A new command is one file and one entry here; the file is loaded when it is called. */
export const clickstreamy: Command = {
  about: 'From a web server’s access log to a dashboard.',
  examples: [
    ['local', 'The whole pipeline with a demo site'],
    ["local --log '/var/log/apache2/access.log*'", 'The same with your own logs'],
    ['traffic --rate 50 --errors 0.2', 'Visitors for the demo site'],
  ],
  notes: 'Each command has its own --help.',
  commands: {
    local: {
      summary: 'Run the whole pipeline on this machine',
      load: () => (require('./local/command') as typeof import('./local/command')).localCommand,
    },
    ship: {
      summary: 'Ship access logs to a Firehose delivery stream',
      load: () => (require('./local/ship-command') as typeof import('./local/ship-command')).shipCommand,
    },
    firehose: {
      summary: 'Run a local Firehose to develop against',
      load: () => (require('./local/firehose-command') as typeof import('./local/firehose-command')).firehoseCommand,
    },
    etl: {
      summary: 'Turn access lines into NDJSON',
      load: () => (require('./etl/command') as typeof import('./etl/command')).etlCommand,
    },
    traffic: {
      summary: 'Send visitors to a site, at an exact rate',
      load: () => (require('./traffic/command') as typeof import('./traffic/command')).trafficCommand,
    },
    replay: {
      summary: 'List, show and replay failed records',
      load: () => (require('./replay/command') as typeof import('./replay/command')).replayCommand,
    },
    verify: {
      summary: 'Check what was sent against what arrived',
      load: () => (require('./verify/command') as typeof import('./verify/command')).verifyCommand,
    },
    kibana: {
      summary: 'Set up dashboards in Kibana and OpenSearch Dashboards',
      load: () => (require('./kibana/command') as typeof import('./kibana/command')).kibanaCommand,
    },
    completion: {
      summary: 'Print a completion script for bash, zsh or fish',
      load: () => {
        const loaded =
          require('./core/command/completion-command') as typeof import('./core/command/completion-command');
        return loaded.completionCommand;
      },
    },
  },
};
