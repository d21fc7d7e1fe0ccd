import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packageRoot } from '../../core/package-root';
import { renderAgentConfig } from '../../site/agent-config';
import { renderUserData, withoutComments } from '../../site/user-data';
import { wordPressFiles } from '../../site/wordpress-files';
import { findPhp } from '../../site/wordpress-packages';
import { firstOf, needs } from '../support/needs';

const TARGET = { region: 'eu-west-1', kind: 'firehose', stream: 'webserver_stream' } as const;

const SITE = {
  agent: TARGET,
  statusParameter: '/shop/website/status',
  tokenParameter: "/shop/it's a token",
  demoErrors: true,
  behindBalancer: true,
};

describe('renderUserData', () => {
  const script = renderUserData(SITE);

  it('is a script that bash can parse', () => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('writes every file as it is, except for comment lines, and no file ends another', () => {
    const laid = new Map(
      [...script.matchAll(/^lay_down (\S+) <<'END-OF-FILE'\n([\s\S]*?)^END-OF-FILE$/gm)].map(([, path, text]) => [
        path,
        text,
      ]),
    );

    for (const [path, text] of wordPressFiles()) {
      if (path !== 'server/debian.sh') expect([path, laid.get(path)]).toEqual([path, withoutComments(path, text)]);
      expect(text).not.toMatch(/^END-OF-FILE$/m);
    }
    expect(laid.get('agent.json')).toBe(renderAgentConfig(TARGET));
  });

  it('writes the settings so that a shell reads them back', () => {
    const settings = /settings\.env <<'END-OF-FILE'\n([\s\S]*?)END-OF-FILE/.exec(script)?.[1];
    const names = ['REGION', 'STATUS_PARAMETER', 'TOKEN_PARAMETER', 'DEMO_ERRORS', 'BALANCER'];

    const { stdout } = spawnSync(
      'bash',
      ['-c', `${settings}\nprintf '%s\\n' ${names.map((name) => `"$${name}"`).join(' ')}`],
      {
        encoding: 'utf8',
      },
    );

    expect(stdout.split('\n')).toEqual(['eu-west-1', '/shop/website/status', "/shop/it's a token", 'true', 'yes', '']);
  });

  it('is small enough for EC2 when it is packed', () => {
    expect(gzipSync(script, { level: 6 }).length).toBeLessThan(16 * 1024 - 128);
  });

  it('rotates without losing lines, and opens the log to the agent alone', () => {
    expect(script).toContain('delaycompress');
    expect(script).not.toContain('copytruncate');
    expect(script).toContain('install -d -o root -g "$AGENT" -m 0750 "$LOG"');
    expect(script).not.toMatch(/chmod|777|set -x|setenforce/);
  });
});

describe('the PHP files', () => {
  const phpFiles = [...wordPressFiles()].filter(([path]) => path.endsWith('.php'));
  const php = findPhp();

  needs('PHP', php)('are PHP', () => {
    it.each(phpFiles)('%s', (_path, text) => {
      const { stdout } = spawnSync(`php${php}`, ['-l'], { input: text, encoding: 'utf8' });

      expect(stdout.trim()).toBe('No syntax errors detected in Standard input code');
    });
  });

  needs('PHP', php)('are the same code without their comments', () => {
    it.each(phpFiles)('in %s', (_path, text) => {
      const tokens = (code: string) => {
        const { stdout, status } = spawnSync(`php${php}`, ['-w'], { input: code, encoding: 'utf8' });
        return { status, code: stdout.replace(/\s+/g, ' ') };
      };

      expect(tokens(withoutComments('x.php', text))).toEqual({ ...tokens(text), status: 0 });
    });
  });
});

needs('shellcheck', firstOf('/usr/bin/shellcheck'))('shellcheck', () => {
  const root = join(packageRoot, 'site/wordpress/server');

  it.each(['set-up.sh', 'debian.sh', 'amazon-linux.sh'])('has nothing to say of %s', (name) => {
    const { stdout } = spawnSync('shellcheck', ['-x', '--source-path', packageRoot, join(root, name)], {
      encoding: 'utf8',
    });

    expect(stdout).toBe('');
  });

  it('has nothing to say of the user data', () => {
    expect(spawnSync('shellcheck', ['-'], { input: renderUserData(SITE), encoding: 'utf8' }).stdout).toBe('');
  });
});
