/** `clickstreamy completion`: small scripts that ask the program itself what may come next (complete.ts). */
import { z } from 'zod';
import { UsageError } from '../errors';
import type { Command } from './command';
import { choice } from './values';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Both programs of this package answer `--complete`. */
const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `# clickstreamy completion for bash: eval "$(clickstreamy completion bash)" in ~/.bashrc
_clickstreamy() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" --complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o bashdefault -o default -F _clickstreamy clickstreamy traffic
`,
  zsh: `#compdef clickstreamy traffic
# clickstreamy completion for zsh: eval "$(clickstreamy completion zsh)" in ~/.zshrc, after compinit
_clickstreamy() {
  local -a candidates
  local line
  for line in "\${(@f)$("\${words[1]}" --complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#candidates} )); then _describe 'clickstreamy' candidates; else _files; fi
}
compdef _clickstreamy clickstreamy traffic
`,
  fish: `# clickstreamy completion for fish: clickstreamy completion fish > ~/.config/fish/completions/clickstreamy.fish
function __clickstreamy_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l candidates ($words[1] --complete $words[2..-1] "$current" 2>/dev/null)
    if test (count $candidates) -gt 0
        printf '%s\\n' $candidates
    else
        __fish_complete_path "$current"
    end
end
complete -c clickstreamy -f -a '(__clickstreamy_complete)'
complete -c traffic -f -a '(__clickstreamy_complete)'
`,
};

const Options = z.object({
  shell: choice(SHELLS)
    .optional()
    .describe('The shell; without it, the one that $SHELL names')
    .meta({ positional: true }),
});

export const completionCommand: Command<typeof Options> = {
  about: 'Prints a script with which the shell completes commands, options and their values.',
  usage: `[${SHELLS.join('|')}]`,
  options: Options,
  examples: [
    ['eval "$($0 bash)"', 'In ~/.bashrc'],
    ['eval "$($0 zsh)"', 'In ~/.zshrc, after compinit'],
    ['$0 fish > ~/.config/fish/completions/clickstreamy.fish', 'Once'],
  ],
  run: ({ shell }) => {
    const named = SHELLS.find((name) => process.env['SHELL']?.endsWith(`/${name}`));
    const chosen = shell ?? named;
    if (chosen === undefined) throw new UsageError('The shell is not known.', `Name it: ${SHELLS.join(', ')}.`);
    process.stdout.write(SCRIPTS[chosen]);
  },
};
