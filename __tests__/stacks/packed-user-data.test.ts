import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { terraform } from '../support/aws/programs';
import { needs } from '../support/needs';
import { only, settingsOf, synthSettings } from '../support/synth-settings';

/** Everything that JSON, CDKTF or Terraform might interpret. */
const SCRIPT = String.raw`#!/bin/bash
LogFormat "%{Referer}i \"%{clickuser}n\" %%{x} $\${y} $$\${z}"
echo "\${HOME} $(id) \`date\`" '\'' \n \\n \t \u0041 <b>&amp;</b> é 日本 "
printf '%s\n' "\${a[@]}" # $ % { } %{ if true }no%{ endif } \${~
	a tab, and a last line without its end`.replaceAll('\\$', '$');

needs('Terraform', terraform)('the user data', () => {
  it('is the script, byte for byte, after Terraform has packed it', () => {
    const { locals, ...website } = synthSettings(settingsOf('workshop'), SCRIPT).website;
    const { user_data_base64: value } = only(website, 'aws_instance');
    const folder = mkdtempSync(join(tmpdir(), 'clickstreamy-user-data-'));
    const run = (...args: readonly string[]) =>
      execFileSync(terraform ?? 'terraform', args, {
        cwd: folder,
        env: { ...process.env, CHECKPOINT_DISABLE: '1' },
        stdio: 'pipe',
      }).toString();

    try {
      writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ locals, output: { packed: { value } } }));
      run('init', '-input=false');
      run('apply', '-auto-approve', '-input=false');
      const packed = Buffer.from(run('output', '-raw', 'packed'), 'base64');

      expect(gunzipSync(packed).toString()).toBe(SCRIPT);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
