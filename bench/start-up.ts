/** How long `--help` takes beyond the start of Node itself: what every command waits for before it does anything. */
import { spawnSync } from 'node:child_process';
import { builtFile } from '../core/package-root';
import { median, type Report } from './report';

const RUNS = 15;
const TARGET_MS = 150;

const CASES = {
  clickstreamyHelpMs: [builtFile('cli.js'), '--help'],
  etlHelpMs: [builtFile('cli.js'), 'etl', '--help'],
  localHelpMs: [builtFile('cli.js'), 'local', '--help'],
  trafficHelpMs: [builtFile('cli.js'), 'traffic', '--help'],
  verifyHelpMs: [builtFile('cli.js'), 'verify', '--help'],
  kibanaImportHelpMs: [builtFile('cli.js'), 'kibana', 'import', '--help'],
  trafficProgramHelpMs: [builtFile('traffic', 'cli.js'), '--help'],
} as const;

/** Medians, less that of `node --version`; each round runs all cases, so that a busy moment affects all alike. */
export async function benchStartUp(): Promise<Report> {
  const cases = { nodeVersionMs: ['--version'], emptyScriptMs: ['-e', ''], ...CASES };
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, [] as number[]]));
  for (let run = 0; run < RUNS; run++) {
    for (const [name, args] of Object.entries(cases)) {
      const start = performance.now();
      const { status } = spawnSync(process.execPath, [...args], { stdio: 'ignore' });
      if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
      times[name]?.push(performance.now() - start);
    }
  }
  const medians = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
  const base = medians['nodeVersionMs'] ?? Number.NaN;
  const over = Object.entries(medians).map(([name, ms]) => [name, Math.round(name in CASES ? ms - base : ms)] as const);
  return { passed: true, targetMs: TARGET_MS, ...Object.fromEntries(over) };
}
