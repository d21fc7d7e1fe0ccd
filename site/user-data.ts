import { type AgentTarget, renderAgentConfig } from './agent-config';
import { apacheLogFormat } from './log-format';

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

/**
 * What the web server runs at its first start: Apache with the click log, and the Kinesis Agent that ships it. WordPress is not
 * installed by it.
 *
 * For Amazon Linux 2023. The agent's user may read the log by an access list, never by opening it to all; the log is rotated by
 * rename, compressed a rotation later, never by `copytruncate`, which loses lines.
 */
export function renderUserData({ agent }: SiteTarget): string {
  return `#!/bin/bash
set -euo pipefail
dnf install -y httpd acl aws-kinesis-agent

cat > /etc/httpd/conf.d/clickstream.conf <<'EOF'
LoadModule unique_id_module modules/mod_unique_id.so
${apacheLogFormat('clickstreamy')}
CustomLog logs/access_log clickstreamy
EOF
# The distribution's own line would log each request a second time.
sed -i 's|^\\( *CustomLog "logs/access_log" combined\\)|#\\1|' /etc/httpd/conf/httpd.conf

cat > /etc/logrotate.d/httpd <<'EOF'
/var/log/httpd/*log {
    daily
    rotate 14
    missingok
    notifempty
    compress
    delaycompress
    sharedscripts
    postrotate
        /bin/systemctl reload httpd.service > /dev/null 2>/dev/null || true
    endscript
}
EOF

getent group aws-kinesis-agent-user > /dev/null || groupadd --system aws-kinesis-agent-user
setfacl -m u:aws-kinesis-agent-user:rx /var/log/httpd
setfacl -d -m u:aws-kinesis-agent-user:r /var/log/httpd
install -d -o aws-kinesis-agent-user -g aws-kinesis-agent-user -m 0750 /var/lib/aws-kinesis-agent
cat > /etc/aws-kinesis/agent.json <<'EOF'
${renderAgentConfig(agent)}EOF

systemctl enable --now httpd aws-kinesis-agent
`;
}
