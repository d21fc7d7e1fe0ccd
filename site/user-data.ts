import { dirname } from 'node:path';
import { type AgentTarget, renderAgentConfig } from './agent-config';
import { wordPressFiles } from './wordpress-files';

/** The deployed web server, as its settings have it. */
export interface SiteTarget {
  readonly agent: AgentTarget;
  /** Name of the parameter of Systems Manager that says how far the set-up is: a step's name, `ready`, or `failed: <step>`. */
  readonly statusParameter: string;
  /** Name of the SecureString parameter with the traffic tool's token. */
  readonly tokenParameter?: string | undefined;
  /** Whether callers with the token may ask for errors and slow answers. */
  readonly demoErrors: boolean;
  /** Whether a load balancer stands before it, whose word on the visitor's address is believed. */
  readonly behindBalancer: boolean;
}

const PACKAGE = '/usr/local/share/clickstreamy';

/**
 * What the web server runs at its first start, on Amazon Linux 2023: it lays down the site's files and runs
 * `site/wordpress/server/amazon-linux.sh`, which can be run again by hand. Nothing in it is secret.
 */
export function renderUserData(target: SiteTarget): string {
  const files = new Map([...wordPressFiles(), ...renderedFor(target)]);
  // Only this platform's script: EC2 takes no more than 16 KB.
  files.delete('server/debian.sh');
  return `#!/bin/bash
# A WordPress site whose access log goes to a delivery stream. How far it came: ${target.statusParameter} in Systems Manager,
# and /var/log/cloud-init-output.log.
set -euo pipefail
umask 022
${[...files].map(([path, text]) => layDown(path, text)).join('')}
exec bash ${PACKAGE}/server/amazon-linux.sh
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

function layDown(path: string, text: string): string {
  const file = `${PACKAGE}/${path}`;
  return `
mkdir -p ${dirname(file)}
cat > ${file} <<'END-OF-FILE'
${text.endsWith('\n') ? text : `${text}\n`}END-OF-FILE
`;
}

const quoted = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;
