import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoSite, startDemoSite } from '../../site/demo-site';
import { itKeepsTheSiteContract } from '../support/site-contract';

const TOKEN = 'a token of the test';

describe('the demo site', () => {
  let folder: string;
  let site: DemoSite;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-site-'));
    site = await startDemoSite({ port: 0, logFile: join(folder, 'access_log'), errorToken: TOKEN });
  });

  afterAll(async () => {
    await site.close();
    await rm(folder, { recursive: true });
  });

  itKeepsTheSiteContract(() => ({
    url: site.url,
    asset: '/assets/site.css',
    token: TOKEN,
    readLog: () => readFile(join(folder, 'access_log'), 'utf8'),
  }));
});
