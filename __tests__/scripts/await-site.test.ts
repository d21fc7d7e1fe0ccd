import { createServer, type Server } from 'node:http';
import { listen } from '../../core/listen';
import { awaitSite } from '../../scripts/deploy/await-site';
import { createSystemsManager, type SystemsManagerCall } from '../../scripts/deploy/systems-manager';
import { type Moto, startMoto } from '../support/aws/moto/moto';
import { motoServer } from '../support/aws/programs';
import { needs } from '../support/needs';
import { until } from '../support/until';

describe('a deployment without a website', () => {
  it('needs no wait', async () => {
    await expect(awaitSite({ delivery: { region: 'us-east-1' } })).resolves.toBeUndefined();
  });
});

describe('an answer of Systems Manager that moto never gives', () => {
  let server: Server;
  afterEach(() => server.close());

  async function waitWhereItAnswers(status: number, text: string): Promise<void> {
    server = createServer((_, response) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(text);
    });
    const { url } = await listen(server, { what: 'AWS', host: '127.0.0.1', port: 0, option: '' });
    const websiteStatus = { region: 'us-east-1', ssmUrl: url, parameter: '/shop/website/status', instanceId: 'i-2' };
    await awaitSite({ website: { websiteStatus } });
  }

  it('says that the session has expired, not that a right is missing', async () => {
    const expired =
      '{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}';

    await expect(waitWhereItAnswers(400, expired)).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
  });

  it('refuses a reply that is not Systems Manager’s', async () => {
    await expect(waitWhereItAnswers(200, '<html>Sign in</html>')).rejects.toMatchObject({
      code: 'SITE_NOT_READY',
      message: expect.stringMatching(/\/shop\/website\/status .* cannot be read: the reply is not JSON/),
    });
  });
});

needs('moto_server', motoServer)('a web server that reports its progress', () => {
  let moto: Moto;
  let ssm: SystemsManagerCall;
  let said: string;
  beforeAll(async () => {
    moto = await startMoto(motoServer ?? '');
    ssm = createSystemsManager({ url: new URL(moto.url), region: 'us-east-1' });
  });
  afterAll(async () => moto.stop());
  beforeEach(() => {
    said = '';
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += text;
      return true;
    });
  });
  afterEach(() => jest.restoreAllMocks());

  const outputs = (parameter = '/shop/website/status') => ({
    website: { websiteStatus: { region: 'us-east-1', ssmUrl: moto.url, parameter, instanceId: 'i-2' } },
  });
  async function says(Value: string): Promise<void> {
    const { status, text } = await ssm('PutParameter', {
      Name: '/shop/website/status',
      Type: 'String',
      Overwrite: true,
      Value,
    });
    if (status !== 200) throw new Error(text);
  }
  const untilPrinted = (line: string) => until(() => said.includes(line), { what: line });

  it('is waited for, step by step', async () => {
    await says('i-2: installing packages');

    const waiting = awaitSite(outputs());
    await untilPrinted('web server: installing packages\n');
    await says('i-2: starting PHP');
    await untilPrinted('web server: starting PHP\n');
    await says('i-2: ready');
    await waiting;

    expect(said).toBe('web server: installing packages\nweb server: starting PHP\nweb server: ready\n');
  });

  it('is not taken as ready because its predecessor was', async () => {
    await says('i-1: ready');

    await expect(awaitSite(outputs(), 0)).rejects.toMatchObject({
      code: 'SITE_NOT_READY',
      message: expect.stringMatching(/^The web server is not ready after 0 minutes; it is at: pending\./),
    });
  });

  it('fails the deploy at the step that failed, and the hint leads to its log', async () => {
    await says('i-2: failed: installing WordPress');

    await expect(awaitSite(outputs())).rejects.toMatchObject({
      code: 'SITE_NOT_READY',
      message: expect.stringMatching(
        /failed: installing WordPress\.\n→ Read \/var\/log\/cloud-init-output\.log .*--region us-east-1 --target i-2/,
      ),
    });
  });

  it('cannot control the terminal of the person who waits', async () => {
    await says('i-2: failed: \u001b[2J\r\u009b1A');

    await expect(awaitSite(outputs())).rejects.toThrow('failed: ?[2J??1A.');
    expect(said).toBe('web server: failed: ?[2J??1A\n');
  });

  it('fails the deploy if its status may not be read', async () => {
    await expect(awaitSite(outputs('/shop/no-such'))).rejects.toMatchObject({
      code: 'SITE_NOT_READY',
      message: expect.stringContaining('ParameterNotFound'),
    });
  });

  it('is waited for while AWS does not answer', async () => {
    const gone = { ...outputs().website.websiteStatus, ssmUrl: 'http://127.0.0.1:1' };

    await expect(awaitSite({ website: { websiteStatus: gone } }, 0)).rejects.toThrow('is not ready after 0 minutes');
  });
});
