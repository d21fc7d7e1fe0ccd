/** `npm run bench -- NAME [--json]`: the project's figures, measured on this machine. */
import { z } from 'zod';
import type { Command } from '../core/command/command';
import { choice, flag } from '../core/command/values';
import { runCommandLine } from '../core/command-line';
import { createTransformHandler } from '../etl/handler';
import { benchCorpus } from './corpus-check';
import { CORPUS_SITE_HOSTS } from './corpus-referers';
import { benchEtl } from './etl';
import { benchGoAccess } from './goaccess';
import { benchLines } from './lines';
import { benchLocal } from './local';
import { benchPanels } from './panels';
import { type Report, renderReport } from './report';
import { benchSite } from './site';
import { benchStartUp } from './start-up';
import { benchTraffic } from './traffic';
import { benchTrafficOutputs } from './traffic-outputs';
import { benchVerify } from './verify';

/** A new bench is one file and one line here. Progress goes to standard error. */
const BENCHES: Readonly<Record<string, () => Promise<Report>>> = {
  etl: () => benchEtl(createTransformHandler({ siteHosts: CORPUS_SITE_HOSTS })),
  lines: benchLines,
  corpus: benchCorpus,
  local: benchLocal,
  goaccess: benchGoAccess,
  traffic: benchTraffic,
  'traffic-outputs': benchTrafficOutputs,
  panels: benchPanels,
  verify: benchVerify,
  site: benchSite,
  'start-up': benchStartUp,
};

const Options = z.object({
  name: choice(Object.keys(BENCHES)).describe('The part of the pipeline to measure').meta({ positional: true }),
  json: flag().describe('One line of JSON instead of the table'),
});

const benchCommand: Command<typeof Options> = {
  about: 'Measures one part of the pipeline on this machine.',
  usage: `[options] <${Object.keys(BENCHES).join('|')}>`,
  options: Options,
  examples: [['lines', '`clickstreamy etl` over a million lines']],
  notes: 'Exit code 0 when what must hold on any machine does (no wrong event, no lost line), else 1.',
  run: async ({ name, json }) => {
    const report = await (BENCHES[name] as () => Promise<Report>)();
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : renderReport(report));
    process.exitCode = report.passed ? 0 : 1;
  },
};

runCommandLine('npm run bench --', () => benchCommand);
