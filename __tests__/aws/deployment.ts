/** One deployment of the whole app: its own moto, its own folder, its own state; all of it is gone after `end`. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../core/package-root';
import { type AwsClients, awsClients, closeClients } from './aws-clients';
import { type Moto, startMoto } from './moto/moto';
import { motoServer, terraformConfiguration } from './programs';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class Deployment {
  readonly folder: string;
  readonly moto: Moto;
  readonly aws: AwsClients;
  /** What the programs run with: no credentials of this machine, no way to AWS. */
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
    const app = JSON.parse(readFileSync(join(packageRoot, 'cdktf.json'), 'utf8'));
    writeFileSync(join(folder, 'cdktf.json'), JSON.stringify({ ...app, app: `${process.execPath} ${MAIN}` }));
    return new Deployment(folder, moto, settings);
  }

  /** `npm run deploy -- …`, without the build. */
  deployScript(...args: readonly string[]): Promise<Ran> {
    return this.run(process.execPath, [SCRIPT, ...args]);
  }

  run(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const env = { ...this.environment, ...environment };
    const options = { cwd: this.folder, env, maxBuffer: 64 * 2 ** 20, timeout: 900_000 };
    return new Promise((resolve) => {
      const child = execFile(program, args, options, (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : (child.exitCode ?? 1), stdout, stderr });
      });
      child.stdin?.end();
    });
  }

  /** Says where moto or the proxy answered for AWS, and leaves nothing behind. */
  async end(): Promise<void> {
    closeClients(this.aws);
    await this.moto.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const MAIN = join(packageRoot, 'dist', 'main.js');
const SCRIPT = join(packageRoot, 'dist', 'scripts', 'deploy.js');
