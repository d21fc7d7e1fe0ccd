import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../config/settings';
import { terraform, terraformConfiguration } from '../support/aws/programs';
import { needs } from '../support/needs';
import { type Json, settingsOf, synthInto } from '../support/synth-settings';

/** Combinations of settings that no deploy test deploys. */
const VARIANTS: Readonly<Record<string, Settings>> = {
  workshop: settingsOf('workshop'),
  production: settingsOf('production'),
  kinesis: settingsOf('workshop', { 'stream.source': { kind: 'kinesis' }, key: 'new' }),
  existing: settingsOf('production', {
    network: {
      kind: 'existing',
      vpcId: 'vpc-1',
      publicSubnetIds: ['subnet-1', 'subnet-2'],
      privateSubnetIds: ['subnet-3', 'subnet-4', 'subnet-5'],
    },
    key: 'arn:aws:kms:us-east-1:123456789012:key/1',
    'stream.backup.bucket': 'my-bucket',
    'website.loadBalancer.certificateArn': 'arn:aws:acm:us-east-1:123456789012:certificate/1',
    'alarms.emails': ['somebody@example.org'],
    'search.createServiceLinkedRole': true,
    'load.enabled': true,
    'load.tokenParameter': '/shop/token',
    'search.masterRoleArn': 'arn:aws:iam::123456789012:role/master',
  }),
};

/** All stacks as modules of one root, so that Terraform loads its provider once; checking each by itself takes a minute. */
needs('Terraform', terraform)('Terraform', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'clickstreamy-valid-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('accepts every stack of every variant', () => {
    const module: Record<string, object> = {};
    for (const [variant, settings] of Object.entries(VARIANTS)) {
      synthInto(join(folder, variant), settings);
      for (const stack of readdirSync(join(folder, variant, 'stacks'))) {
        module[`${variant}-${stack}`] = { source: `./${variant}/stacks/${stack}` };
      }
    }
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ module }));
    const run = (...args: readonly string[]) =>
      spawnSync(terraform ?? 'terraform', [...args, '-no-color'], {
        cwd: folder,
        env: { ...process.env, ...terraformConfiguration(folder), CHECKPOINT_DISABLE: '1' },
        encoding: 'utf8',
      });

    const { status, stderr } = run('init', '-input=false', '-backend=false');
    const { valid, diagnostics } = JSON.parse(run('validate', '-json').stdout);

    const errors = diagnostics.filter(({ severity }: Json) => severity === 'error');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect({ valid, errors }).toEqual({ valid: true, errors: [] });
    expect(Object.keys(module)).toHaveLength(13);
  }, 120_000);
});
