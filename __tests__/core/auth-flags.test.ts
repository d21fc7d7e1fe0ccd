import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAuth, parseServerUrl } from '../../core/auth-flags';
import { UsageError } from '../../core/errors';

const HERE = new URL('http://127.0.0.1:9200');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auth-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('who asks', () => {
  it('proves nothing unless it is told to, whatever the environment holds', () => {
    expect(loadAuth({ auth: 'none' }, HERE, { CLICKSTREAMY_PASSWORD: 'x', AWS_REGION: 'y' })).toEqual({ mode: 'none' });
  });

  it('takes the password from the environment', () => {
    const auth = loadAuth({ auth: 'basic', user: 'kim' }, HERE, { CLICKSTREAMY_PASSWORD: 'pass' });

    expect(auth).toEqual({ mode: 'basic', username: 'kim', password: 'pass' });
  });

  it('takes the password from a file, without the file’s last newline', async () => {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, ' pa ss\n\n');

    const auth = loadAuth({ auth: 'basic', user: 'kim', passwordFile }, HERE, { CLICKSTREAMY_PASSWORD: 'other' });

    expect(auth).toMatchObject({ password: ' pa ss\n' });
  });

  it.each([
    ['search-clicks-x1.eu-west-1.es.amazonaws.com', 'eu-west-1', 'es'],
    ['vpc-clicks-x1.cn-north-1.es.amazonaws.com.cn', 'cn-north-1', 'es'],
    ['x1.us-east-1.aoss.amazonaws.com', 'us-east-1', 'aoss'],
    ['search-clicks-x1.aos.eu-west-1.on.aws', 'eu-west-1', 'es'],
  ])('signs for the place that the address %s names', (host, region, service) => {
    expect(loadAuth({ auth: 'sigv4' }, new URL(`https://${host}`), { AWS_REGION: 'elsewhere-1' })).toEqual({
      mode: 'sigv4',
      region,
      service,
    });
  });

  it('signs for the region of the flag, else of the environment, where the address names none', () => {
    const env = { AWS_REGION: 'eu-north-1' };

    expect(loadAuth({ auth: 'sigv4' }, HERE, env)).toMatchObject({ region: 'eu-north-1', service: 'es' });
    expect(loadAuth({ auth: 'sigv4', region: 'eu-west-3' }, HERE, env)).toMatchObject({ region: 'eu-west-3' });
  });

  it.each([
    ['a name', { auth: 'basic' }, '--user'],
    ['a password', { auth: 'basic', user: 'kim' }, 'CLICKSTREAMY_PASSWORD'],
    ['a region', { auth: 'sigv4' }, '--region'],
  ] as const)('says that %s is missing', (_, flags, told) => {
    expect(() => loadAuth(flags, HERE, {})).toThrow(UsageError);
    expect(() => loadAuth(flags, HERE, {})).toThrow(told);
  });
});

it('a password file that cannot be read is a failure, not wrong usage', () => {
  const flags = { auth: 'basic', user: 'kim', passwordFile: '/no/such/file' } as const;

  expect(() => loadAuth(flags, HERE, {})).toThrow(expect.objectContaining({ code: 'PASSWORD_FILE_UNREADABLE' }));
  expect(() => loadAuth(flags, HERE, {})).toThrow('does not exist');
});

describe('a server’s address', () => {
  it('is http or https, with a path where it has one', () => {
    expect(parseServerUrl('https://search.example.org/_dashboards').pathname).toBe('/_dashboards');
  });

  it.each(['search.example.org', 'localhost:9200', 'ftp://host', ''])('is not %p', (text) => {
    expect(() => parseServerUrl(text)).toThrow(UsageError);
  });

  it.each(['http://kim:very-secret@host', 'kim:very-secret@host'])('holds no login, and none is shown: %s', (text) => {
    expect(() => parseServerUrl(text)).toThrow(UsageError);
    expect(() => parseServerUrl(text)).not.toThrow('very-secret');
  });
});
