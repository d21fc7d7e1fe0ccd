/** One deployment of the whole app, with a separate moto, folder and state, all of which `end` removes. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../../core/package-root';
import { readManifest } from '../../../scripts/deploy/manifest';
import { type AwsClients, awsClients, closeClients } from './aws-clients';
import { type Moto, startMoto } from './moto/moto';
import { motoServer, terraform, terraformConfiguration } from './programs';

/** Three of the clock, so that a limit given in minutes of an idle machine holds on a busy one as well. */
export const MINUTES = 3 * 60_000;

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @throws Error with the program's output from its first error on, if it failed. */
export async function succeeded(run: Promise<Ran>): Promise<void> {
  const { exitCode, stdout, stderr } = await run;
  const said = stdout + stderr;
  if (exitCode !== 0)
    throw new Error(`exit code ${exitCode}\n${said.slice(said.search(/Error:|error:/)).slice(0, 6000)}`);
}

export class Deployment {
  readonly folder: string;
  readonly moto: Moto;
  readonly aws: AwsClients;
  /** The programs' environment, without this machine's credentials and without a way to AWS. */
  readonly environment: NodeJS.ProcessEnv;

  private constructor(folder: string, moto: Moto, settings: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.moto = moto;
    this.aws = awsClients(moto.url);
    this.environment = {
      PATH: process.env['PATH'],
      HOME: folder,
      TF_CLI_CONFIG_FILE: process.env['TF_CLI_CONFIG_FILE'],
      ...terraformConfiguration(folder),
      TF_PLUGIN_CACHE_DIR: process.env['TF_PLUGIN_CACHE_DIR'],
      CHECKPOINT_DISABLE: '1',
      CI: '1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      // Report gaps in moto at once, not after 25 attempts.
      AWS_MAX_ATTEMPTS: '3',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: moto.url,
      CLICKSTREAMY_EMULATOR: moto.url,
      ...settings,
    };
  }

  /** @param settings overrides, as `CLICKSTREAMY_CONFIG`. */
  static async start(settings: Readonly<Record<string, string>>): Promise<Deployment> {
    const moto = await startMoto(motoServer ?? 'moto_server');
    const folder = mkdtempSync(join(tmpdir(), 'clickstreamy-deploy-'));
    const ours = JSON.parse(readFileSync(join(packageRoot, 'cdktf.json'), 'utf8'));
    // The app is bundled before the tests and runs in the deployment's folder, where its state stays.
    writeFileSync(join(folder, 'cdktf.json'), JSON.stringify({ ...ours, app: `${process.execPath} ${MAIN}` }));
    const deployment = new Deployment(folder, moto, settings);
    // Builds MAIN; the synthesized files are not used.
    const built = await deployment.run(process.execPath, [SYNTH], { CDKTF_OUTDIR: join(folder, 'first') }, packageRoot);
    if (built.exitCode === 0) return deployment;
    await deployment.end();
    throw new Error(built.stderr);
  }

  /** Runs `npx cdktf …`, without locking the provider's version: that asks the registry, which a machine with a mirror may not reach. */
  cdktf(command: 'deploy' | 'destroy', args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
    return this.run(process.execPath, [CDKTF, command, ...args, '--skip-provider-lock'], environment);
  }

  /** Runs `npm run deploy -- …`, without the build. */
  deployScript(action: 'plan' | 'deploy' | 'destroy', environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
    return this.run(process.execPath, [DEPLOY, action], environment);
  }

  /** Runs the deploy script and cancels it, as a pipeline would, once its output matches `moment`. */
  async deployInterrupted(moment: RegExp): Promise<Ran> {
    const options = { env: this.environment, cwd: this.folder, maxBuffer: 64 * 2 ** 20 };
    const deploy = execFile(process.execPath, [DEPLOY, 'deploy'], options);
    let stderr = '';
    deploy.stderr?.on('data', (text) => {
      const reached = moment.test(stderr);
      stderr += text;
      if (!reached && moment.test(stderr)) deploy.kill('SIGTERM');
    });
    const [code] = await once(deploy, 'close');
    return { exitCode: code ?? 1, stdout: '', stderr };
  }

  /** For each stack, whether a plan would change anything, and what. */
  async plans(): Promise<Readonly<Record<string, string>>> {
    const stacks = readManifest(join(this.folder, 'cdktf.out'));
    const plans = stacks.map(async ({ name, workingDirectory }) => {
      const folder = `-chdir=${join('cdktf.out', workingDirectory)}`;
      const args = [folder, 'plan', '-input=false', '-no-color', '-detailed-exitcode', '-lock=false'];
      const { exitCode, stdout, stderr } = await this.run(terraform ?? 'terraform', args);
      return [name, exitCode === 0 ? 'unchanged' : stdout + stderr] as const;
    });
    return Object.fromEntries(await Promise.all(plans));
  }

  /** The function's zip that Terraform sent. */
  functionZip(): Buffer {
    const stack = join(this.folder, 'cdktf.out', 'stacks', 'delivery');
    const { resource } = JSON.parse(readFileSync(join(stack, 'cdk.tf.json'), 'utf8'));
    const [deployed] = Object.values<{ filename: string }>(resource.aws_lambda_function);
    return readFileSync(join(stack, deployed?.filename ?? ''));
  }

  run(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}, cwd = this.folder): Promise<Ran> {
    const env = { ...this.environment, ...environment };
    const options = { cwd, env, maxBuffer: 64 * 2 ** 20, timeout: 15 * MINUTES };
    return new Promise((resolve) => {
      const child = execFile(program, args, options, (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
      });
      child.stdin?.end();
    });
  }

  /** Prints where the proxy filled gaps in moto, and removes everything. */
  async end(): Promise<void> {
    closeClients(this.aws);
    const filled = [...this.moto.filledGaps].map(([gap, calls]) => `  ${gap} (${calls} calls)\n`);
    process.stderr.write(
      `moto stood in for AWS, without checking any rights. Gaps that the proxy filled:\n${filled.join('')}`,
    );
    await this.moto.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const MAIN = join(packageRoot, 'dist', 'main.js');
const SYNTH = join(packageRoot, 'scripts', 'synth.mjs');
const DEPLOY = join(packageRoot, 'dist', 'scripts', 'deploy.js');
const CDKTF = join(packageRoot, 'node_modules', '.bin', 'cdktf');
