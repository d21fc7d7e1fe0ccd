import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtFile } from '../../core/package-root';

const SCRIPT = builtFile('scripts', 'deploy.js');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clickstreamy-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the script on a machine without credentials and Terraform, unless they are given. */
function deploy(environment: NodeJS.ProcessEnv, ...args: string[]): Promise<{ code: unknown; stderr: string }> {
  const env = { PATH: folder, HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], { cwd: folder, env, timeout: 60_000 }, (error, _, stderr) => {
      resolve({ code: error?.code ?? 0, stderr });
    });
  });
}

function installTerraform(version: string): void {
  const path = join(folder, 'terraform');
  writeFileSync(
    path,
    `#!${process.execPath}\nconsole.log(${JSON.stringify(JSON.stringify({ terraform_version: version }))})\n`,
  );
  chmodSync(path, 0o755);
}

/** Stands in for AWS: answers every call with this STS error. */
async function refusingAws(code: string, message: string): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_, reply) => {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    reply.writeHead(403, { 'content-type': 'text/xml' }).end(`<ErrorResponse>${error}</ErrorResponse>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI', AWS_REGION: 'eu-central-1' };

describe('the deploy script, before anything is created', () => {
  it('says that Terraform is missing', async () => {
    const { code, stderr } = await deploy({}, 'deploy');

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error \[TERRAFORM_MISSING\]: There is no program terraform on the PATH\.\n→ Install Terraform: https:\S+\n$/,
    );
  });

  it('says that Terraform is too old to lock a state in S3', async () => {
    installTerraform('1.9.8');

    const { code, stderr } = await deploy({}, 'deploy');

    expect(code).toBe(1);
    expect(stderr).toContain('Terraform is version 1.9.8, but this needs 1.10 or newer.');
  });

  it('says that there are no credentials', async () => {
    installTerraform('1.11.4');

    const { code, stderr } = await deploy({}, 'deploy');

    expect(code).toBe(1);
    expect(stderr).toMatch(/^error \[CREDENTIALS_MISSING\]: No AWS credentials were found\.\n→ Sign in/);
  });

  it.each([
    ['ExpiredToken', 'The security token included in the request is expired', 'has expired.\n→ Sign in again'],
    [
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
      'does not know these credentials',
    ],
  ])('says what %s means', async (awsCode, message, said) => {
    installTerraform('1.11.4');
    await using aws = await refusingAws(awsCode, message);

    const { code, stderr } = await deploy({ ...KEYS, AWS_ENDPOINT_URL: aws.url }, 'deploy');

    expect(code).toBe(1);
    expect(stderr).toContain(said);
  });

  it('says that AWS does not answer', async () => {
    installTerraform('1.11.4');
    const gone = await refusingAws('', '');
    await gone[Symbol.asyncDispose]();

    const { code, stderr } = await deploy({ ...KEYS, AWS_ENDPOINT_URL: gone.url }, 'deploy');

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error \[AWS_UNREACHABLE\]: AWS \(sts in eu-central-1\) does not answer: connection refused\.\n→ Check the network/,
    );
  });

  it('refuses actions other than plan, deploy and destroy', async () => {
    const { code, stderr } = await deploy({}, 'dploy');

    expect(code).toBe(2);
    expect(stderr).toContain('"plan", "deploy", "destroy"');
  });

  it('never prints a secret', async () => {
    installTerraform('1.11.4');
    await using aws = await refusingAws('SignatureDoesNotMatch', 'The request signature does not match');

    const { stderr } = await deploy({ ...KEYS, AWS_ENDPOINT_URL: aws.url }, 'deploy');

    expect(stderr).not.toContain(KEYS.AWS_SECRET_ACCESS_KEY);
  });
});
