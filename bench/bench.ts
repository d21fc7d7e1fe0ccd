/** `npm run bench -- etl|lines|corpus|local|traffic|traffic-outputs|panels|verify|site [--json]`: the project's figures, as this machine gives them. */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { runCommandLine } from '../core/command-line';
import { createTransformHandler } from '../etl/handler';
import { benchCorpus } from './corpus-check';
import { CORPUS_SITE_HOSTS } from './corpus-referers';
import { benchEtl } from './etl';
import { benchLines } from './lines';
import { benchLocal } from './local';
import { benchPanels } from './panels';
import { type Report, renderReport } from './report';
import { benchSite } from './site';
import { benchTraffic } from './traffic';
import { benchTrafficOutputs } from './traffic-outputs';
import { benchVerify } from './verify';

/** A new bench is one file and one line here. Progress goes to standard error. */
const BENCHES: Readonly<Record<string, () => Promise<Report>>> = {
  etl: () => benchEtl(createTransformHandler({ siteHosts: CORPUS_SITE_HOSTS })),
  lines: benchLines,
  corpus: benchCorpus,
  local: benchLocal,
  traffic: benchTraffic,
  'traffic-outputs': benchTrafficOutputs,
  panels: benchPanels,
  verify: benchVerify,
  site: benchSite,
};

runCommandLine(
  yargs(hideBin(process.argv))
    .scriptName('npm run bench --')
    .command(
      '$0 <what>',
      'Measure one part of the pipeline on this machine.',
      (args) =>
        args
          .positional('what', { type: 'string', choices: Object.keys(BENCHES), demandOption: true })
          .option('json', { type: 'boolean', default: false, describe: 'One line of JSON in place of the table' }),
      async ({ what, json }) => {
        const report = await (BENCHES[what] as () => Promise<Report>)();
        process.stdout.write(json ? `${JSON.stringify(report)}\n` : renderReport(report));
        process.exitCode = report.passed ? 0 : 1;
      },
    ),
);
