import type { CommandModule } from 'yargs';

export const etlCommand: CommandModule = {
  command: 'etl [files..]',
  describe: 'Access lines to NDJSON',
  handler: () => {},
};
