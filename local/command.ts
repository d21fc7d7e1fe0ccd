import type { CommandModule } from 'yargs';

export const localCommand: CommandModule = {
  command: 'local',
  describe: 'The whole pipeline on this machine',
  handler: () => {},
};
