import { type AgentTarget, renderAgentConfig } from './agent-config';
import { wordPressFiles } from './wordpress-files';

/** Settings of the deployed web server. */
export interface SiteTarget {
  readonly agent: AgentTarget;
  /** Name of the Systems Manager parameter with the set-up's progress: `<instance>: <step>`, `… ready` or `… failed: <step>`. */
  readonly statusParameter: string;
  /** Name of the SecureString parameter with the traffic tool's token. */
  readonly tokenParameter?: string | undefined;
  /** Whether callers with the token may ask for errors and slow answers. */
  readonly demoErrors: boolean;
  /** Whether it is behind a load balancer, which is trusted to name the visitor's address. */
  readonly behindBalancer: boolean;
}

const PACKAGE = '/usr/local/share/clickstreamy';

/**
 * Renders the script that the web server runs at its first start, on Amazon Linux 2023. It writes the site's files and runs
 * `site/wordpress/server/amazon-linux.sh`, which can be run again by hand. Nothing in it is secret. The files' comments are
 * left out: with them, even the gzipped script would be longer than the 16 KB that EC2 accepts.
 */
export function renderUserData(target: SiteTarget): string {
  const files = new Map([...wordPressFiles(), ...renderedFor(target)]);
  files.delete('server/debian.sh');
  return `#!/bin/bash
# A WordPress site whose access log goes to a delivery stream, rendered by clickstreamy. Progress: ${target.statusParameter} in Systems Manager,
# and /var/log/cloud-init-output.log.
set -euo pipefail
umask 022
PACKAGE=${PACKAGE}
lay_down() {
    mkdir -p "$PACKAGE/$(dirname "$1")"
    cat >"$PACKAGE/$1"
}
${[...files].map(([path, text]) => layDown(path, withoutComments(path, text))).join('')}
exec bash $PACKAGE/server/amazon-linux.sh
`;
}

function renderedFor({ agent, statusParameter, tokenParameter = '', demoErrors, behindBalancer }: SiteTarget) {
  const settings = [
    `REGION=${quoted(agent.region)}`,
    `STATUS_PARAMETER=${quoted(statusParameter)}`,
    `TOKEN_PARAMETER=${quoted(tokenParameter)}`,
    `DEMO_ERRORS=${demoErrors}`,
    `BALANCER=${behindBalancer ? 'yes' : ''}`,
  ];
  return [
    ['agent.json', renderAgentConfig(agent)],
    ['settings.env', `${settings.join('\n')}\n`],
  ] as const;
}

/** Removes comments that fill whole lines. A comment after code stays, as does anything that might be inside a string. */
export function withoutComments(path: string, text: string): string {
  const comments = /\.(php|css)$/.test(path)
    ? /^[ \t]*(\/\*[\s\S]*?\*\/|\/\/.*)?\n/gm
    : /^[ \t]*([#;](?!!| shellcheck).*)?\n/gm;
  return path.endsWith('.json') ? text : text.replace(comments, '');
}

const layDown = (path: string, text: string) => `
lay_down ${path} <<'END-OF-FILE'
${text.endsWith('\n') ? text : `${text}\n`}END-OF-FILE
`;

const quoted = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;
