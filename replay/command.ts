/** `clickstreamy replay`: failed records, listed, shown and replayed. */
import type { Command } from '../core/command/command';

export const replayCommand: Command = {
  about:
    'Failed records again: those that the transform rejected and those that the store refused, from the folder or the bucket that ' +
    'Firehose (or `local`) has kept them in.',
  examples: [
    ['list data', 'How many failed, by hour and cause'],
    ['show data --cause Lambda.ProcessingFailedStatus | less', 'What they are'],
    ['run data --data data', 'Into the store again, each once'],
  ],
  commands: {
    list: {
      summary: 'Count failed records by hour, prefix and cause',
      load: () => (require('./list-command') as typeof import('./list-command')).listCommand,
    },
    show: {
      summary: 'Print failed records as text, with the reason and the file',
      load: () => (require('./show-command') as typeof import('./show-command')).showCommand,
    },
    run: {
      summary: 'Transform and store failed records again, each once',
      load: () => (require('./run-command') as typeof import('./run-command')).runCommand,
    },
  },
};
