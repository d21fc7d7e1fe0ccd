/** The programs that the deploy tests need: Terraform with its AWS provider, and moto_server in place of AWS. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { firstOf } from '../needs';

export const terraform = onPath('terraform');
export const motoServer = onPath('moto_server');

/** Both, for `needs`: undefined if either is missing. */
export const deployPrograms = terraform === undefined ? undefined : motoServer;

/**
 * Terraform's configuration for this machine: the one that is set; else one for a mirror of the provider, if the machine has such a mirror
 * (it may have no internet access); else none, so that the provider comes from the registry.
 *
 * @param folder where to write it.
 */
export function terraformConfiguration(folder: string): NodeJS.ProcessEnv {
  if (existsSync(process.env['TF_CLI_CONFIG_FILE'] ?? '')) return {};
  const mirror = findMirror();
  if (mirror === undefined) return { TF_CLI_CONFIG_FILE: undefined };
  const file = join(folder, 'terraform.rc');
  writeFileSync(
    file,
    `provider_installation {\n  filesystem_mirror {\n    path    = ${JSON.stringify(mirror)}\n    include = ["registry.terraform.io/*/*"]\n  }\n}\n`,
  );
  return { TF_CLI_CONFIG_FILE: file };
}

function onPath(program: string): string | undefined {
  return firstOf(...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, program)));
}

function findMirror(): string | undefined {
  const search = [
    '/',
    '-xdev',
    '-maxdepth',
    '5',
    '-type',
    'd',
    '-path',
    '*registry.terraform.io/hashicorp/aws',
    '-print',
    '-quit',
  ];
  try {
    // Unreadable folders make find fail although it has found the mirror: only its output counts.
    const found = execFileSync('find', search, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
    });
    return mirrorOf(found);
  } catch (error) {
    return mirrorOf(String((error as { stdout?: unknown }).stdout ?? ''));
  }
}

function mirrorOf(found: string): string | undefined {
  return /^(.*)\/registry\.terraform\.io\/hashicorp\/aws$/m.exec(found)?.[1];
}
